"""Drafts follow their touchpoints, and touchpoints their pieces: one ends with the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cadences.models import Touchpoint
from cadences.planned.origins import PREFIX, first_origins, touchpoint_id
from core.among import among
from correspondence.models import Message, Piece
from correspondence.models import State as Leaving
from users.clock import company_today

BATCH = 2_000
EDITED_AFTER = timedelta(seconds=1)
"""A row that was saved again later than this after it was made has been edited or approved by a person."""
TICK = timedelta(milliseconds=1)
UNTOUCHED = Q(updated_at__lt=F("created_at") + EDITED_AFTER)


def on_left(pieces: Sequence[Piece]) -> None:
    """What has left closes what it was written for, on its day, with its interaction; two queries.

    So does what was written again for a mail that failed.
    """
    touchpoints = first_origins(pieces)
    by_touchpoint = {touchpoints[piece.pk]: piece for piece in pieces if piece.pk in touchpoints}
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
    """Take back what the plan wrote and nobody approved, where its touchpoint is closed, put off, or written
    by and to others by now: drafts, letters in the queue, mails that have not been taken up.

    What a person has edited keeps its words and says why it is no longer owed. What is taken back lets its
    touchpoint go: where that is still due, the next night writes anew. Returns how many were taken back;
    some queries for each 2,000.
    """
    return sum(_follow(pieces, on) for pieces in _batches(account_ids))


def take_back(touchpoint: Touchpoint, reason: str, *, approved_too: bool = True) -> None:
    """Its draft goes with it, edited or not: somebody has decided that nothing is sent.

    ``approved_too``: also what somebody has approved and what has not left.
    """
    mine = _of_the_plan().filter(origin=f"{PREFIX}{touchpoint.pk}", state__in=("draft", "queued"))
    if not approved_too:
        mine = mine.filter(Q(state="draft") | UNTOUCHED)
    _take_back([(piece, reason) for piece in _locked(mine)])


def _follow(pieces: Sequence[Piece], on: date) -> int:
    rows = Touchpoint.objects.in_bulk({touchpoint_id(piece) or 0 for piece in pieces})
    stale: list[tuple[Piece, str]] = []
    said: list[Piece] = []
    for piece in pieces:
        why = _why_stale(piece, rows.get(touchpoint_id(piece) or 0), on)
        if piece.updated_at >= piece.created_at + EDITED_AFTER:
            if piece.reason != why:
                # never earlier: by its moment an edited draft is known
                piece.reason, piece.updated_at = why, max(timezone.now(), piece.updated_at + TICK)
                said.append(piece)
        elif why:
            stale.append((piece, why))
    # whoever has it on their screen to be sent is asked to read it again
    Piece.objects.bulk_update(said, ["reason", "updated_at"], batch_size=1_000)
    return _take_back(stale)


def _batches(account_ids: Collection[int] | None) -> Iterator[list[Piece]]:
    """Drafts, and what was queued without somebody's approval."""
    waiting = _of_the_plan().filter(Q(state="draft") | Q(UNTOUCHED, state="queued"))
    if account_ids is not None:
        waiting = waiting.filter(account__in=among(account_ids))
    last = 0
    while True:
        found = _locked(waiting.filter(pk__gt=last))
        if found:
            yield found
        if len(found) < BATCH:
            return
        last = found[-1].pk


def _of_the_plan() -> QuerySet[Piece]:
    found: QuerySet[Piece] = Piece.objects.filter(origin__startswith=PREFIX, created_by=None)
    return found


def _locked(rows: QuerySet[Piece]) -> list[Piece]:
    """At most as many as one batch holds; what somebody else holds is theirs."""
    free = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    return list(free.select_related("contact", "account").defer("subject", "body")[:BATCH])


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
    """Without the mails that were taken up meanwhile, and may be out."""
    stale, now, pieces = list(stale), timezone.now(), []
    withdrawn = _withdrawn({piece.message_id: why for piece, why in stale if piece.message_id})
    for piece, why in stale:
        if piece.message_id and piece.message_id not in withdrawn:
            continue
        piece.state, piece.reason, piece.origin, piece.updated_at = Piece.State.CANCELLED, why, None, now
        pieces.append(piece)
    Piece.objects.bulk_update(pieces, ["state", "reason", "origin", "updated_at"], batch_size=1_000)
    return len(pieces)


def _withdrawn(reasons: dict[int, str]) -> set[int]:
    """Which of these mails leave no more: those that waited, and that were cancelled already."""
    if not reasons:
        return set()
    rows = Message.objects.filter(pk__in=reasons, state__in=(Leaving.PENDING, Leaving.CANCELLED))
    found = dict(rows.select_for_update(skip_locked=True).order_by("pk").values_list("pk", "state"))
    waiting: dict[str, list[int]] = {}
    for pk, state in found.items():
        if state == Leaving.PENDING:
            waiting.setdefault(reasons[pk][:200], []).append(pk)
    for why, some in waiting.items():
        Message.objects.filter(pk__in=some).update(
            state=Leaving.CANCELLED, reason=why, stored="", updated_at=timezone.now()
        )
    return set(found)
