"""What goes with an e-mail: uploaded, or chosen among the files of its account; checked before it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from accounts.files import MEGABYTE, kind_of, safe_name
from accounts.models import Account, AccountFile
from correspondence.kinds import Attachment
from correspondence.models import Piece, PieceFile

MOST = 10
"""Files of one mail."""


_stored: ContextVar[list[FieldFile] | None] = ContextVar("stored", default=None)
"""What was put into the store by the transaction at work."""


@contextmanager
def unless_undone() -> Iterator[None]:
    """A transaction; when it is undone, what was stored in it goes with the rows that would have named it."""
    outer, mine = _stored.get(), list[FieldFile]()
    token = _stored.set(mine)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for file in mine:
            file.storage.delete(str(file.name))
        raise
    else:
        if outer is not None:
            outer.extend(mine)
    finally:
        _stored.reset(token)


@dataclass(frozen=True)
class Enclosed:
    """``kept``: of those that are attached already; ``chosen``: files on the account."""

    uploads: Sequence[UploadedFile[Any]] = ()
    chosen: Sequence[AccountFile] = ()
    kept: Sequence[PieceFile] = ()

    @property
    def count(self) -> int:
        return len(self.uploads) + len(self.chosen) + len(self.kept)

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        stored = sum(row.size for row in self.chosen) + sum(row.size for row in self.kept)
        return stored + sum(upload.size or 0 for upload in self.uploads)


NOTHING = Enclosed()


def limits() -> dict[str, int]:
    """For people: MB of one, MB of all, how many."""
    return {"each": settings.ACCOUNT_FILE_MB, "all": settings.MAIL_FILES_MB, "most": MOST}


def check_files(account: Account, enclosed: Enclosed) -> None:
    """Raises ValidationError on ``uploads`` that names each file which is refused, and the cure."""
    wrong = [words for upload in enclosed.uploads if (words := _refusal(upload))]
    if any(file.account_id != account.pk or file.removed_at for file in enclosed.chosen):
        wrong.append(_("A chosen file is not on the account any more: choose another one."))
    wrong += _lost(enclosed.kept)
    if enclosed.count > MOST:
        wrong.append(_("At most %(most)s files go with one mail: leave some out.") % {"most": MOST})
    most = settings.MAIL_FILES_MB
    if enclosed.size > most * MEGABYTE and not wrong:
        words = _("Together they have %(size)s MB, and mail servers take about %(most)s MB: leave some out.")
        wrong.append(words % {"size": f"{enclosed.size / MEGABYTE:.1f}", "most": most})
    if wrong:
        raise ValidationError({"uploads": wrong})


def attach(piece: Piece, enclosed: Enclosed) -> None:
    """Exactly these go with the mail; checked before, in the caller's transaction and at its end."""
    for row in piece.files.exclude(pk__in=[row.pk for row in enclosed.kept]):
        _drop(row)
    here = set(piece.files.values_list("account_file", flat=True))
    PieceFile.objects.bulk_create([
        PieceFile(piece=piece, account_file=file, name=file.name, kind=file.kind, size=file.size)
        for file in enclosed.chosen
        if file.pk not in here
    ])  # fmt: skip
    for upload in enclosed.uploads:
        _keep(piece, upload)


def hold_files(piece: Piece) -> None:
    """From now on the mail has the bytes of its files itself, whatever becomes of those on the account.

    Raises ValidationError for one that was removed there; call it within :func:`unless_undone`.
    """
    rows = list(piece.files.select_related("account_file").order_by("pk"))
    if wrong := _lost(rows):
        raise ValidationError({"uploads": wrong})
    for row in rows:
        if row.account_file is not None:
            with row.account_file.file.open("rb") as content:
                row.account_file = None
                _store(row, content)


def attachments_of(piece: Piece) -> list[Attachment]:
    """Read now, because it leaves now."""
    rows = sorted(piece.files.all(), key=lambda row: row.pk)
    return [Attachment(row.name, row.read(), row.kind) for row in rows]


def copy_files(source: Piece, target: Piece) -> None:
    """The same files go with another mail: what was uploaded is stored once and read from the same place."""
    PieceFile.objects.bulk_create([
        PieceFile(
            piece=target, file=row.file.name, account_file=row.account_file, name=row.name, kind=row.kind,
            size=row.size,
        )
        for row in source.files.select_related("account_file")
    ])  # fmt: skip


def choosable(account: Account, piece: Piece | None) -> QuerySet[AccountFile]:
    """Files on the account that do not go with this mail yet, the latest first."""
    rows = AccountFile.objects.filter(account=account).for_panel()
    if piece is not None:
        rows = rows.filter(~Exists(PieceFile.objects.filter(piece=piece, account_file=OuterRef("pk"))))
    return rows


def _refusal(upload: UploadedFile[Any]) -> str:
    try:
        kind_of(upload)
    except ValidationError as error:
        return f"{safe_name(upload.name or '')}: {' '.join(error.messages)}"
    return ""


def _lost(rows: Sequence[PieceFile]) -> list[str]:
    """Words for those that were removed from the account, or are missing in the store."""
    words = _("%(name)s is not on the account any more: take it off the mail, or choose another one.")
    return [words % {"name": row.name} for row in rows if not row.is_there]


def _drop(row: PieceFile) -> None:
    """Not attached any more; what was stored goes when nothing else needs it."""
    name, store = row.file.name, row.file.storage
    row.delete()
    if name and not PieceFile.objects.filter(file=name).exists():
        transaction.on_commit(lambda: store.delete(name))


def _keep(piece: Piece, upload: UploadedFile[Any]) -> None:
    name = safe_name(upload.name or "")
    row = PieceFile(piece=piece, name=name, kind=kind_of(upload), size=upload.size or 0)
    _store(row, upload)


def _store(row: PieceFile, content: File[Any]) -> None:
    row.file.save(row.name, content, save=False)
    mine = _stored.get()
    if mine is not None:
        mine.append(row.file)
    row.save()
