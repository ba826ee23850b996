"""What the bin itself says about a person who is erased; their kept rows are blanked like living ones."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from imports.bin.kept import FOLLOWED, ROW
from imports.models import BinRow, BinUnit


def blank(contact_ids: Collection[int]) -> int:
    """Names and reasons of units that are about these people; returns how many rows were touched.

    Touchpoints and meetings that a deletion changed can hold words about them, too: they are forgotten, and
    after a restore the engine decides by the facts.
    """
    about = BinRow.objects.filter(
        unit=OuterRef("pk"), role=ROW, object_id=OuterRef("object_id"), data__contact_id__in=list(contact_ids)
    )
    units = BinUnit.objects.filter(Q(kind="contact", object_id__in=contact_ids) | Exists(about))
    named = units.exclude(kind="account").update(name=_("Erased"), why="")
    rows = BinRow.objects.filter(role=FOLLOWED).filter(
        Q(data__before__contact_id__in=list(contact_ids)) | Q(data__after__contact_id__in=list(contact_ids))
    )
    return named + rows.delete()[0]
