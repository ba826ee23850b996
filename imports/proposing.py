"""What a file that has just come in is taken for, before anybody has said anything."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from imports import fields, ready, saved_mappings, sources
from imports.cleaners import normal
from imports.models import ImportBatch
from imports.reading import Layout


def kind_of(layout: Layout) -> str | None:
    """What the columns tell; None where they do not."""
    if layout.format == sources.CARDS:
        return ImportBatch.Kind.CONTACTS
    known_export = ready.find(layout.header)
    return known_export.kind if known_export else saved_mappings.kind_of(layout.header)


def proposal(batch: ImportBatch, layout: Layout) -> dict[str, Any]:
    """Columns, and for an export that we know options as well; that it is one is said."""
    known_export = ready.find(layout.header, batch.kind)
    if known_export is None:
        return {"mapping": fields.guess(batch.kind, layout.header)}
    text = _("Recognised as an export of %s. What its columns become is chosen below: look it over.")
    said = {"contact_kind": known_export.kind_of_rows} if known_export.kind_of_rows else {}
    return {
        "mapping": known_export.columns(layout.header),
        "options": batch.options | said,
        "notes": [*layout.notes, text % known_export],
    }


def owners_not_taken(batch: ImportBatch) -> list[str]:
    """Columns that say whose a contact is, and become nothing by themselves: said, not silently left out."""
    said = {
        "contacts": _(
            "“%s” is not taken: a contact has no owner of its own, it is looked after by whoever owns its "
            "account. Owners come with a file of accounts, in a column that becomes Owner."
        ),
        "accounts": _(
            "“%s” is not taken: it says who looks after one contact, and the account may be somebody else’s. "
            "If with you it is the owner of the account, choose Owner for it below."
        ),
    }
    names = {normal(fields.CONTACT_OWNER)}
    if batch.kind == ImportBatch.Kind.CONTACTS:
        names |= set(map(normal, fields.ACCOUNT_OWNERS.split()))
    left = [name for name in batch.layout.get("header", ()) if name not in batch.mapping.values()]
    return [said[batch.kind] % name[:60] for name in left if batch.kind in said and normal(name) in names]
