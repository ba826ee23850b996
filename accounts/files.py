"""The verbs of files on an account: add, remove, take the removal back."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.file_types import UnknownTypeError, type_of
from accounts.models import Account, AccountFile
from accounts.models.file import REMOVED_FOR
from users.access import require, require_active
from users.models import User

NAME_LENGTH = 150
MEGABYTE = 1024 * 1024


def add_file(
    user: User, account: Account, upload: UploadedFile, about: str = "", token: UUID | None = None
) -> AccountFile:
    """Keep a file on the account; any active user of any department may.

    Raises ValidationError for a file that is too big, empty, or none of the types that are taken. The same
    ``token`` again returns the first file: a double click adds one.
    """
    require_active(user)
    kind = kind_of(upload)
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        if token and (before := AccountFile.objects.filter(token=token, account=account).first()):
            return before
        kept = AccountFile(
            account=account,
            name=safe_name(upload.name or ""),
            kind=kind,
            size=upload.size or 0,
            about=about.strip()[:200],
            added_by=user,
            token=token,
        )
        kept.file.save(kept.name, upload, save=False)
        try:
            kept.save()
        except Exception:
            kept.file.delete(save=False)  # no row: nobody would ever find it again
            raise
    return kept


@transaction.atomic
def remove_file(user: User, file: AccountFile) -> AccountFile:
    """Out of sight; :func:`restore_file` brings it back."""
    file = _locked(user, file)
    if file.removed_at is None:
        file.removed_at, file.removed_by = timezone.now(), user
        file.save(update_fields=["removed_at", "removed_by", "updated_at"])
    return file


@transaction.atomic
def restore_file(user: User, file: AccountFile) -> AccountFile:
    """It was removed by mistake. Raises ValidationError when its content is gone: 30 days later."""
    file = _locked(user, file)
    if not file.file:
        raise ValidationError(
            _("%(name)s was removed more than %(days)s days ago, and its content is deleted: add it again.")
            % {"name": file.name, "days": REMOVED_FOR.days}
        )
    file.removed_at = file.removed_by = None
    file.save(update_fields=["removed_at", "removed_by", "updated_at"])
    return file


def safe_name(name: str) -> str:
    """The name without folders and without what means something to a system; its ending stays."""
    plain = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in plain if letter.isprintable()).strip(". ")
    if not plain:
        return "file"
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:NAME_LENGTH]
    return f"{stem[: NAME_LENGTH - len(ending) - 1]}.{ending}"[-NAME_LENGTH:]


def kind_of(upload: UploadedFile) -> str:
    """The media type of a file that we keep. Raises ValidationError on ``file``, with the cure."""
    most = settings.ACCOUNT_FILE_MB
    size = upload.size or 0
    if not size:
        raise ValidationError({"file": _("This file is empty: choose another one.")})
    if size > most * MEGABYTE:
        words = _("This file has %(size)s MB, and at most %(most)s MB are kept: make it smaller.")
        raise ValidationError({"file": words % {"size": f"{size / MEGABYTE:.1f}", "most": most}})
    try:
        return type_of(cast("BinaryIO", upload.open()), upload.name or "")
    except UnknownTypeError:
        words = _(
            "Only PDF, office documents without macros, pictures, text, CSV and mails (.eml, .msg) are kept, "
            "and the content must be what the name says. Save it as one of these and try again."
        )
        raise ValidationError({"file": words}) from None


def _locked(user: User, file: AccountFile) -> AccountFile:
    require_active(user)
    require(
        AccountFile.objects.editable_by(user).filter(pk=file.pk).exists(),
        _("Only who added it or those who look after the account may remove a file."),
    )
    locked: AccountFile = AccountFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    return locked
