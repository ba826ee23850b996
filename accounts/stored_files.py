"""What is on the disk of the files that people attach: no more than what somebody can still get at.

A removed file can be brought back for 30 days. After that its content goes, once that is committed: a row
that names a file always has it. What a crash, a restore or a deleted account leaves behind is swept up, also
in the folders that apps to the right registered; what they still keep rows for is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import AccountFile
from accounts.models.file import FOLDER, REMOVED_FOR
from core import jobs
from core.models import JobRun
from users.clock import company_today

JOB = "files"
KEPT_FOR = timedelta(days=1)
"""For so long a file without a row may be one whose row is on its way."""
AT_ONCE = 1000


_folders: dict[str, type[Model]] = {FOLDER: AccountFile}
Keeping = Callable[[list[str]], Iterable[str]]
_keepers: list[Keeping] = []


def register_keeper(keeps: Keeping) -> None:
    """Called with names that no row names; those it returns stay: their rows may come back."""
    if keeps not in _keepers:
        _keepers.append(keeps)


def register(folder: str, model: type[Model]) -> None:
    """Sweep ``folder``, too: what lies there is named by the ``file`` of a row of ``model``, or is stray.

    Registering twice has no effect.
    """
    _folders[folder] = model


def tick() -> JobRun | None:
    """Sweep once a day; harmless at any time."""
    return jobs.once(JOB, company_today().isoformat(), sweep)


def sweep() -> dict[str, int]:
    """Forget the content of files removed more than 30 days ago, then files that no row names."""
    now = timezone.now()
    return {"removed": forget_removed(now - REMOVED_FOR), "stray": delete_stray(now - KEPT_FOR)}


@transaction.atomic
def forget_removed(before: datetime) -> int:
    """The rows stay and say who removed what; their content is deleted after the commit."""
    rows = AccountFile.objects.select_for_update(of=("self",)).filter(removed_at__lt=before).exclude(file="")
    gone = dict(rows.values_list("pk", "file"))
    AccountFile.objects.filter(pk__in=gone).update(file="", updated_at=timezone.now())
    transaction.on_commit(partial(delete, list(gone.values())))
    return len(gone)


def delete_stray(before: datetime) -> int:
    """Files that no row names, not touched since ``before``."""
    return sum(_sweep(folder, model, before) for folder, model in _folders.items())


def _sweep(folder: str, model: type[Model], before: datetime) -> int:
    storage = _storage()
    if not storage.exists(folder):
        return 0
    names = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
    old = [name for name in names if storage.get_modified_time(name) < before]
    stray = [name for chunk in _chunks(old) for name in _unnamed(model, chunk)]
    delete(stray)
    return len(stray)


def _unnamed(model: type[Model], names: list[str]) -> list[str]:
    rows = model._base_manager.filter(file__in=names)
    known = set(rows.values_list("file", flat=True))
    for keeps in _keepers:
        known |= set(keeps(names))
    return [name for name in names if name not in known]


def _chunks(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def delete(names: Iterable[str]) -> None:
    """Stored content, by name. One that is gone already is no error."""
    storage = _storage()
    for name in names:
        storage.delete(name)


def _storage() -> Storage:
    storage: Storage = AccountFile._meta.get_field("file").storage
    return storage
