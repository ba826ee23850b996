"""Drafts follow their touchpoints, and touchpoints their pieces: one ends with the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cadences.models import Touchpoint
from cadences.planned.origins import PREFIX, touchpoint_id
from correspondence.models import Medium, Piece
from users.clock import company_today

EDITED_AFTER = timedelta(seconds=1)
"""A row that was saved again later than this after it was made has been edited by a person."""


def on_left(pieces: Sequence[Piece]) -> None:
    """What has left closes what it was written for, on its day, with its interaction; two queries."""
    by_touchpoint = {pk: piece for piece in pieces if (pk := touchpoint_id(piece)) is not None}
    if not by_touchpoint:
        return
    rows = list(
        Touchpoint.objects.open().select_for_update(of=("self",)).filter(pk__in=by_touchpoint).order_by("pk")
    )
    now = timezone.now()
    for row in rows:
        piece = by_touchpoint[row.pk]
        row.state, row.reason, row.updated_at = Touchpoint.State.DONE, "", now
        row.closed_on, row.closed_by_id, row.interaction = piece.left_on, piece.sender_id, piece.logged
    fields = ["state", "reason", "closed_on", "closed_by", "interaction", "updated_at"]
    Touchpoint.objects.bulk_update(rows, fields, batch_size=1_000)


def on_facts_changed(account_ids: frozenset[int], user_ids: frozenset[int]) -> None:
    """A listener of ``core.facts``, after the reconciler: at once, for the accounts that were named."""
    if account_ids:
        follow(company_today(), account_ids)


def follow(on: date, account_ids: Collection[int] | None = None) -> int:
    """Take back drafts whose touchpoint is closed, put off, or written by and to others by now.

    What a person has edited stays theirs, whatever becomes of the touchpoint. A draft that is taken back lets
    its touchpoint go: where that is still due, the next night writes anew. Returns how many; two queries.
    """
    drafts = _waiting()
    if account_ids is not None:
        drafts = drafts.filter(account__in=account_ids)
    pieces = list(drafts.select_related("contact", "account").defer("subject", "body"))
    if not pieces:
        return 0
    rows = Touchpoint.objects.in_bulk({touchpoint_id(piece) or 0 for piece in pieces})
    stale = [
        (piece, why)
        for piece in pieces
        if (why := _why_stale(piece, rows.get(touchpoint_id(piece) or 0), on))
    ]
    return _take_back(stale)


def take_back(touchpoint: Touchpoint, reason: str) -> None:
    """Its draft goes with it, edited or not: somebody has decided that nothing is sent."""
    found = _waiting(edited=True).filter(origin=f"{PREFIX}{touchpoint.pk}")
    _take_back([(piece, reason) for piece in found])


def _waiting(*, edited: bool = False) -> QuerySet[Piece]:
    """Drafts for touchpoints, and letters that the plan queued by itself: what nobody has approved."""
    rows = Piece.objects.filter(origin__startswith=PREFIX, created_by=None, state="draft")
    queued = Piece.objects.filter(
        origin__startswith=PREFIX, created_by=None, state="queued", medium=Medium.LETTER
    )
    if not edited:
        rows, queued = (some.filter(updated_at__lt=F("created_at") + EDITED_AFTER) for some in (rows, queued))
    return (rows | queued).select_for_update(of=("self",), skip_locked=True).order_by("pk")


def _why_stale(piece: Piece, row: Touchpoint | None, on: date) -> str:
    if row is None or row.state != Touchpoint.State.OPEN:
        return _("It is no longer owed.")
    if row.due_on > on:
        return _("It was put off to a later day.")
    if piece.sender_id != piece.account.owner_id:
        return _("Somebody else looks after the account now.")
    is_another = row.contact_id is not None and row.contact_id != piece.contact_id
    if is_another or piece.contact.left_on is not None:
        return _("It goes to somebody else now.")
    return ""


@transaction.atomic
def _take_back(stale: Iterable[tuple[Piece, str]]) -> int:
    now, pieces = timezone.now(), []
    for piece, why in stale:
        piece.state, piece.reason, piece.origin, piece.updated_at = Piece.State.CANCELLED, why, None, now
        pieces.append(piece)
    Piece.objects.bulk_update(pieces, ["state", "reason", "origin", "updated_at"], batch_size=1_000)
    return len(pieces)
