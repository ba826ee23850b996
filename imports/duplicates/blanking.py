"""Erasing a person also erases what a merge has kept of them: it can then no longer be taken apart."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from imports.models import Merge, MergeStep


def merged_into(contact_ids: Collection[int]) -> set[int]:
    """Who has gone into these people by merges that stand, directly or through others."""
    found, ahead = set[int](), set(contact_ids)
    while ahead:
        losers = Merge.objects.filter(
            kind=Merge.Kind.CONTACT, survivor_id__in=ahead, undone_at__isnull=True
        ).values_list("loser_id", flat=True)
        ahead = set(losers) - found
        found |= ahead
    return found


@transaction.atomic
def forget_people(contact_ids: Collection[int]) -> int:
    """Delete the kept rows of merges of these people, and their names; old links still lead on.

    Chains are followed: who went into them, and into whom they went. Returns how many merges were blanked.
    """
    known, found = set(contact_ids), set[int]()
    while True:
        merges = Merge.objects.filter(
            Q(loser_id__in=known) | Q(survivor_id__in=known), kind=Merge.Kind.CONTACT
        ).values_list("pk", "loser_id", "survivor_id")
        more = {pk for row in merges for pk in row[1:]} - known
        found |= {row[0] for row in merges}
        if not more:
            break
        known |= more
    MergeStep.objects.filter(merge__in=found).delete()
    return Merge.objects.filter(pk__in=found).update(
        survivor_name="", loser_name="", loser_external_id="", notes=[], updated_at=timezone.now()
    )
