"""Mappings kept by name and shared: kept with a check, proposed when a header fits."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from imports.models import ImportBatch, SavedMapping
from users.access import require_admin
from users.models import User

ONCE = ("as_of", "encoding", "delimiter", "sheet")
"""Options of one file, not of a kind of files."""


def propose(batch: ImportBatch, kind: str) -> None:
    """Take the mapping whose columns are all there and say so; ``kind``: what the person said, if anything.

    One that uses fewer columns than the guess is only offered on the page.
    """
    found = SavedMapping.objects.that_fit(batch.layout["header"], kind or batch.kind).first()
    if found is None or len(found.uses) < len(batch.mapping):
        return
    _apply(batch, found)
    batch.notes = [*batch.notes, _("Columns and options as in “%s”.") % found.name]


def use(user: User, batch: ImportBatch, saved: SavedMapping) -> bool:
    """Take this mapping for the file. False where the file is no longer open, or lacks a column."""
    require_admin(user)
    if not batch.is_open or not set(saved.uses) <= set(batch.layout.get("header", [])):
        return False
    _apply(batch, saved)
    batch.save(update_fields=["kind", "mapping", "options", "updated_at"])
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
