"""The e-mails and letters of a night: a job of its own, when the night of that date is done (R18, R30).

What can be written becomes a draft for approval, or is queued at once where the plan says so; what cannot
be is left with its reason (:mod:`cadences.planned.hindrances`) and stops nobody else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cadences.models import Plan, PlanItem, Schedule, Touchpoint
from cadences.nightly import NightRefusedError, last_night
from cadences.planned.following import follow
from cadences.planned.origins import ON_THEIR_WAY, PREFIX
from cadences.planned.rows import MEDIA, Due, unwritten, with_people
from cadences.planned.writing import Outcome, outcomes
from cadences.survey_night import normal_night
from core import jobs
from core.history import acting
from core.models import JobRun
from correspondence.addresses import normalised
from correspondence.models import Identity, Medium, Message, Piece
from correspondence.pieces import mail
from correspondence.services.enqueueing import enqueue_many
from users.clock import company_today

JOB = "correspondence"
REASON = "correspondence of the night"
"""Who is behind what it writes, in the history."""
BATCH = 2_000
ADDED_UP = ("drafted", "queued", "taken_back")


def run(on: date, asked_by: str, *, again: bool = True) -> JobRun:
    """Write what is due as of ``on``. One row of the run log per civil date; again adds what is new.

    Raises NightRefusedError while another one is at work, and for a day that has not come.
    """
    if on > company_today():
        raise NightRefusedError(_("%(on)s has not come yet: nothing is written ahead.") % {"on": on})
    grace = timedelta(0) if again else timedelta(seconds=60)
    earlier = JobRun.objects.filter(job=JOB, period=on.isoformat()).values_list("counts", flat=True).first()
    claimed = jobs.claim(JOB, on.isoformat(), asked_by, again=again, grace=grace)
    if claimed is None:
        raise NightRefusedError(_("The letters of %(on)s are being written, or done.") % {"on": on})
    with acting(None, REASON):
        return jobs.perform(claimed, lambda: _added(write(on), earlier or {}))


def tick() -> JobRun | None:
    """Write for the latest night that is done, if nobody has; harmless at any time."""
    night = last_night()
    if night is None or not Schedule.get().is_on or not is_used():
        return None
    settled = JobRun.objects.filter(
        job=JOB, period=night.period, state__in=(JobRun.State.DONE, JobRun.State.DEAD)
    )
    if settled.exists():
        return None
    try:
        return run(date.fromisoformat(night.period), asked_by="tick", again=False)
    except (NightRefusedError, jobs.LostClaimError):
        return None


def run_if_used(on: date, asked_by: str) -> JobRun | None:
    """The same, but nothing where no item has a template and no draft is left to look after."""
    return run(on, asked_by) if is_used() else None


def is_used() -> bool:
    """Whether the running plan writes anything, or anything that it wrote still waits."""
    items = PlanItem.objects.filter(plan__state=Plan.State.RUNNING, template__isnull=False, kind__in=MEDIA)
    waiting = Piece.objects.filter(origin__startswith=PREFIX, state__in=ON_THEIR_WAY)
    return items.exists() or waiting.exists()


def write(on: date) -> dict[str, Any]:
    """Take back what is no longer owed, then write what is due and not written, 2,000 at a time."""
    taken = follow(on)
    room = _Room(on)
    told: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for rows in _batches(on):
        found = list(outcomes(with_people(rows), on))
        reasons.update(one.hindrance.why.value for one in found if one.hindrance is not None)
        told += _save(found, on, room)
    jobs.kill_point("written")
    return {
        "drafted": told["drafted"],
        "queued": told["queued"],
        "taken_back": taken,
        "reasons": dict(reasons),
    }


def _batches(on: date) -> Iterator[list[Touchpoint]]:
    """Locked: nobody moves or closes them meanwhile. What cannot be written is passed, not met again."""
    last = 0
    while True:
        rows = unwritten(on).filter(pk__gt=last).select_for_update(of=("self",), skip_locked=True)
        batch = list(rows.order_by("pk")[:BATCH])
        if not batch:
            return
        last = batch[-1].pk
        yield batch


@dataclass
class _Room:
    """How many of each slot may leave tonight without an eye on them: twice a normal night, so that missed
    nights flood nobody. The rest becomes drafts."""

    on: date
    left: dict[int, int] = field(default_factory=dict)

    def takes(self, due: Due) -> bool:
        if not due.goes_at_once(self.on):
            return False
        slot = due.touchpoint.slot_id
        if slot not in self.left:
            mine = Touchpoint.objects.filter(slot=slot, due_on__lte=self.on)
            self.left[slot] = 2 * normal_night(mine, self.on)
        self.left[slot] -= 1
        return self.left[slot] >= 0


def _save(found: Sequence[Outcome], on: date, room: _Room) -> Counter[str]:
    """Pieces in bulk; what goes at once is queued, an e-mail only where its sender has a verified address."""
    written = [(one.due, one.piece) for one in found if one.piece is not None]
    at_once = [piece for due, piece in written if room.takes(due)]
    identities = _identities(at_once)
    for piece in at_once:
        if piece.medium == Medium.LETTER or piece.sender_id in identities:
            piece.state = Piece.State.QUEUED
    pieces = Piece.objects.bulk_create([piece for _due, piece in written])
    _enqueue([piece for piece in pieces if piece.state == Piece.State.QUEUED], identities)
    queued = sum(piece.state == Piece.State.QUEUED for piece in pieces)
    return Counter(drafted=len(pieces) - queued, queued=queued)


def _identities(pieces: Sequence[Piece]) -> dict[int, Identity]:
    senders = {piece.sender_id for piece in pieces if piece.medium == Medium.EMAIL}
    found = Identity.objects.verified().filter(user__in=senders) if senders else ()
    return {identity.user_id: identity for identity in found}


def _enqueue(pieces: Sequence[Piece], identities: dict[int, Identity]) -> None:
    mails = [piece for piece in pieces if piece.medium == Medium.EMAIL]
    if not mails:
        return
    enqueue_many([mail.draft_of(piece, identities[piece.sender_id or 0]) for piece in mails])
    keys = {f"piece {piece.pk}": piece for piece in mails}
    to = {normalised(piece.contact.email) for piece in mails}
    for message in Message.objects.filter(kind=mail.KIND, recipient__in=to, key__in=keys).only("pk", "key"):
        keys[message.key].message = message
    Piece.objects.bulk_update(mails, ["message"], batch_size=1_000)


def _added(new: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """The counts of a date that ran more than once add up; reasons are those of the latest run."""
    return new | {name: new.get(name, 0) + earlier.get(name, 0) for name in ADDED_UP}
