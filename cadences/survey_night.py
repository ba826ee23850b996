"""The surveys of a night: a job of its own, started when the night of that date is done (R3, R30, R31).

Due surveys are asked of `surveys`, which invites, lets lapse, or lets wait; what it answers is written into
the touchpoints in the same transaction as invitations and outbox rows.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cadences.models import Plan, PlanItem, Schedule, Touchpoint
from cadences.nightly import NightRefusedError, last_night
from core import facts, jobs
from core.history import acting
from core.models import JobRun
from surveys.asks import Answer, Ask, Outcome
from surveys.models import HeldBack, Programme
from surveys.services import follow_up, invite, one_off, waves
from users.clock import company_today

log = logging.getLogger(__name__)
JOB = "surveys"
REASON = "surveys"
"""Who is behind what it writes, in the history."""
TOO_OLD = timedelta(days=14)
NORMAL_OVER = timedelta(days=28)
PATIENCE = timedelta(minutes=15)
"""How long the job waits for the key of a wave that was only just planned."""

ADDED_UP = ("asked", "invited", "lapsed")


def run(on: date, asked_by: str, *, again: bool = True) -> JobRun:
    """Invite whom a survey is owed to as of ``on``. One row of the run log per civil date.

    The same date again adds what is new since. Raises NightRefusedError while another one is at work, and for
    a day that has not come: keys and invitations would go before their time.
    """
    if on > company_today():
        raise NightRefusedError(_("%(on)s has not come yet: surveys cannot be sent ahead.") % {"on": on})
    troubles = waves.keep(on, windows(on))
    grace = timedelta(0) if again else timedelta(seconds=60)
    earlier = JobRun.objects.filter(job=JOB, period=on.isoformat()).values_list("counts", flat=True).first()
    claimed = jobs.claim(JOB, on.isoformat(), asked_by, again=again, grace=grace)
    if claimed is None:
        raise NightRefusedError(_("The surveys of %(on)s are at work already, or done.") % {"on": on})
    jobs.kill_point("claimed")
    with acting(None, REASON):
        return jobs.perform(claimed, lambda: _added(_work(on), earlier or {}) | {"troubles": troubles})


def run_if_used(on: date, asked_by: str) -> JobRun | None:
    """The same, but nothing where no programme is on and no wave is left to look after."""
    return run(on, asked_by) if waves.is_at_work() else None


def tick(now: datetime | None = None) -> JobRun | None:
    """Start the surveys of the latest night that is done, if they have not been; harmless at any time."""
    now = now or timezone.now()
    _keep_the_promise()
    night = last_night()
    if night is None or not Schedule.get().is_on or not waves.is_at_work():
        return None
    on = date.fromisoformat(night.period)
    found = JobRun.objects.filter(job=JOB, period=on.isoformat()).first()
    if found is not None and found.state in {JobRun.State.DONE, JobRun.State.DEAD}:
        waves.keep_waiting(on)
        return None
    if found is None and not _may_start(on, night, now):
        return None
    try:
        return run(on, asked_by="tick", again=False)
    except (NightRefusedError, jobs.LostClaimError):
        return None


def _keep_the_promise() -> None:
    """Two weeks after sending nobody can say whose a tag was: whether nights run or not."""
    if not settings.SURVEY_KEYS:
        return
    try:
        follow_up.destroy_old_tag_keys(company_today())
    except OSError:
        log.exception("The keys of surveys sent two weeks ago could not be destroyed; tried again soon.")


def _may_start(on: date, night: JobRun, now: datetime) -> bool:
    """Waves are planned; the tally gets some minutes to make their keys before nothing can be sent."""
    waves.plan(on, windows(on))
    if waves.keep_waiting(on):
        return True
    return night.finished_at is not None and now - night.finished_at > PATIENCE


def windows(on: date) -> waves.Windows:
    """Where the running plan gives a survey a window in the calendar: its days this year."""
    items = PlanItem.objects.filter(
        plan__state=Plan.State.RUNNING, kind=PlanItem.Kind.SURVEY, anchor=PlanItem.Anchor.CALENDAR,
        cycle=PlanItem.Cycle.YEAR, is_off=False,
    ).select_related("slot")  # fmt: skip
    return {item.slot.key: _window(item, on) for item in items.order_by("tier__rank")}


def _window(item: PlanItem, on: date) -> tuple[date, date]:
    first = date(on.year, 1, 1) + timedelta(days=item.window_from)
    return first, first + timedelta(days=max(item.window_days, 1) - 1)


def _work(on: date) -> dict[str, Any]:
    due = owed(on)
    by_key = {row.pk: row for row in due}
    answers = invite([_ask(row) for row in due], on)
    once = one_off.send_frozen(on)
    jobs.kill_point("invited")
    counts = Counter(answer.outcome.value for answer in answers.values())
    _write(by_key, answers, on)
    reasons = Counter(answer.reason for answer in answers.values() if answer.outcome != Outcome.INVITED)
    closed = [key for key, answer in answers.items() if answer.outcome != Outcome.WAITS]
    facts.changed(account_ids={by_key[key].account_id for key in closed})
    told = {each.value: counts[each.value] for each in Outcome}
    told["invited"] += once
    return {"asked": len(answers) + once, "reasons": dict(reasons)} | told


def owed(on: date) -> list[Touchpoint]:
    """Open surveys that are due and not too old, the oldest first; at most twice a normal night of each slot.

    Each slot by itself: a yearly survey that is owed to everybody within two weeks is no flood after missed
    nights, and the few that follow purchases every day say nothing about it.
    """
    slots = Programme.objects.filter(is_on=True).exclude(slot_key="").order_by("slot_key")
    return [row for slot in slots.values_list("slot_key", flat=True).distinct() for row in _owed_of(slot, on)]


def _owed_of(slot: str, on: date) -> list[Touchpoint]:
    """Those that wait for a manager come last: they stay open for days and would take the places of others.

    Locked: nobody moves or closes them while they are asked about.
    """
    mine = Touchpoint.objects.filter(kind=Touchpoint.Kind.SURVEY, slot__key=slot)
    due = mine.open().filter(due_on__lte=on, due_on__gte=on - TOO_OLD).annotate(waits=Exists(_held_back()))
    rows = due.select_related("slot").select_for_update(of=("self",), skip_locked=True)
    return list(rows.order_by("waits", "due_on", "id")[: 2 * normal_night(mine.filter(due_on__lte=on), on)])


def _held_back() -> QuerySet[HeldBack]:
    """What waits for a manager's word about the touchpoint of the outer query."""
    return HeldBack.objects.open().filter(
        programme__slot_key=OuterRef("slot__key"), account=OuterRef("account"), cycle=OuterRef("cycle")
    )


def normal_night(mine: Any, on: date) -> int:
    """How many surveys fell due on a day on which any did, over the last four weeks; at least one."""
    days = mine.filter(due_on__gt=on - NORMAL_OVER).exclude(state=Touchpoint.State.CANCELLED)
    told = days.aggregate(rows=Count("id"), days=Count("due_on", distinct=True))
    return max(1, math.ceil(told["rows"] / told["days"])) if told["days"] else 1


def _ask(row: Touchpoint) -> Ask:
    after_purchase = row.basis == Touchpoint.Basis.PURCHASE
    return Ask(
        key=row.pk, slot=row.slot.key, account_id=row.account_id, cycle=row.cycle, due_on=row.due_on,
        bought_on=row.base_on if after_purchase else None, contact_id=row.contact_id,
    )  # fmt: skip


def _write(rows: dict[int, Touchpoint], answers: dict[int, Answer], on: date) -> None:
    """Done when invited, lapsed with the reason; who waits stays open."""
    states = {Outcome.INVITED: Touchpoint.State.DONE, Outcome.LAPSED: Touchpoint.State.LAPSED}
    changed: Sequence[Touchpoint] = [rows[key] for key, answer in answers.items() if answer.outcome in states]
    now = timezone.now()
    for row in changed:
        answer = answers[row.pk]
        row.state, row.reason = states[answer.outcome], answer.reason
        row.closed_on, row.updated_at = on, now
    Touchpoint.objects.bulk_update(changed, ["state", "reason", "closed_on", "updated_at"], batch_size=1000)


def _added(new: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """The counts of a date that ran more than once add up; who waits is that of the latest run."""
    return new | {name: new.get(name, 0) + earlier.get(name, 0) for name in ADDED_UP}
