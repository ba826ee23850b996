"""Mappings kept by name and shared: kept with a check, proposed when a header fits."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from imports import fields
from imports.mapping import parse_options, without_ids
from imports.models import ImportBatch, SavedMapping
from users.access import require_admin
from users.models import User

ONCE = ("as_of", "encoding", "delimiter", "sheet")
"""Options of one file, not of a kind of files."""


def found_by_name() -> str:
    return _("No column is an id: accounts are found by name and country.")


ADDRESS = {"account.street", "account.city", "account.country", "account.phone", "account.email"}


def kind_of(header: Sequence[str]) -> str | None:
    """What kind of file it is, by its usual columns, else by a mapping that somebody kept.

    Companies with an address are accounts, also without an id.
    """
    if known := fields.best_kind(header):
        return known
    if found := SavedMapping.objects.that_fit(list(header)).first():
        return str(found.kind)
    guessed = fields.guess("accounts", header)
    return "accounts" if "account.name" in guessed and guessed.keys() & ADDRESS else None


def propose(batch: ImportBatch) -> None:
    """Take the kept mapping whose columns are all there, and say so.

    One that uses fewer columns than the guess is only offered on the page. Without one, accounts without an
    id are found by name and country.
    """
    found = SavedMapping.objects.that_fit(batch.layout["header"], batch.kind).first()
    if found is None or len(found.uses) < len(batch.mapping):
        known = parse_options(batch.options)
        if (options := without_ids(batch.kind, batch.mapping, known)) != known:
            batch.options = options.as_json()
            batch.notes = [*batch.notes, found_by_name()]
        return
    _apply(batch, found)
    batch.notes = [*batch.notes, _("Columns and options as in “%s”.") % found.name]


def use(user: User, batch: ImportBatch, saved: SavedMapping) -> bool:
    """Take this mapping for the file. False where the file is no longer open, or lacks a column."""
    require_admin(user)
    if not set(saved.uses) <= set(batch.layout.get("header", [])):
        return False
    _apply(batch, saved)
    # back to its columns: a check of other columns is nothing to say yes to
    taken = ImportBatch.objects.filter(pk=batch.pk, state__in=ImportBatch.OPEN_STATES).update(
        kind=batch.kind, mapping=batch.mapping, options=batch.options, layout=batch.layout_unchecked,
        state=ImportBatch.State.UPLOADED, error="", error_field="", updated_at=timezone.now(),
    )  # fmt: skip
    batch.refresh_from_db()
    if not taken:
        return False
    SavedMapping.objects.filter(pk=saved.pk).update(used_at=timezone.now())
    return True


def _apply(batch: ImportBatch, saved: SavedMapping) -> None:
    said = {name: batch.options[name] for name in ONCE if batch.options.get(name)}
    batch.kind, batch.mapping, batch.options = saved.kind, saved.columns, saved.options | said


def save(user: User, name: str, batch: ImportBatch) -> SavedMapping:
    """Keep the file's columns and options under this name; one that has the name already is replaced."""
    require_admin(user)
    name = " ".join(name.split())
    content = {
        "kind": batch.kind,
        "columns": batch.mapping,
        "options": {key: value for key, value in batch.options.items() if key not in ONCE},
        "uses": sorted(set(batch.mapping.values())),
        "used_at": timezone.now(),
    }
    saved: SavedMapping
    saved, _made = SavedMapping.objects.update_or_create(
        name__iexact=name, defaults=content, create_defaults={**content, "name": name, "created_by": user}
    )
    return saved


def delete(user: User, saved: SavedMapping) -> None:
    """Forget it; files that were brought in with it keep their columns."""
    require_admin(user)
    saved.delete()
