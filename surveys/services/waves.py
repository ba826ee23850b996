"""The life of waves: planned ahead, opened when their key is there, closed, settled, forgotten.

Every step can be done again: what was done is asked of the database that decides, never remembered. The tally
is only rung; as long as something is due it is rung again each night.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, Q

from ballotbox.policy import CLOSES_AFTER_DAYS, KEYS_AHEAD_DAYS
from surveys import ballots, bundles, forecast, keys, periods
from surveys.ballots import Standing
from surveys.models import Programme, Questions, Wave
from surveys.services import closing, coming_back, follow_up

DAY = timedelta(days=1)
Windows = Mapping[str, tuple[date, date]]
"""Slot of the plan -> the days of its window in the calendar, where it has one."""

CLOSED = (Wave.State.HELD, Wave.State.RELEASED, Wave.State.DESTROYED)


def is_at_work() -> bool:
    """Whether the nightly job has anything to look after; two queries where surveys are not used."""
    unfinished = Q(purged_on__isnull=True) | Q(keys_destroyed_on__isnull=True)
    return Programme.objects.filter(is_on=True).exists() or Wave.objects.filter(unfinished).exists()


def keep(on: date, windows: Windows) -> list[str]:
    """Everything that is due on that day but the invitations. Returns what could not be done, in words."""
    plan(on, windows)
    if not ballots.is_set_up():
        return []
    found = _keep_ballots(on) + _keep_mails(on)
    return list(dict.fromkeys(found))  # the waves are looked at twice


def keep_waiting(on: date) -> bool:
    """Look whether keys that were asked for are there. True when no open programme waits for one any more."""
    waiting = Wave.objects.filter(state=Wave.State.PLANNED, opens_on__lte=on, last_send_on__gte=on)
    if ballots.is_set_up() and waiting.exists():
        try:
            _mirror(on)
        except ballots.UnreachableError:
            return False
    return not waiting.exists()


def _keep_ballots(on: date) -> list[str]:
    try:
        found = _mirror(on) + closing.close_due(on) + _mirror(on)
    except ballots.UnreachableError as error:
        return [str(error)]
    ballots.ring_destroy_expired(on)
    return found


def _keep_mails(on: date) -> list[str]:
    """What needs no database of ballots: whether that answers or not."""
    found = []
    # in this order: a day's key goes once its follow-ups are out
    steps = (
        coming_back.every_night, follow_up.enqueue_due, follow_up.destroy_tag_keys, closing.purge_due,
    )  # fmt: skip
    for step in steps:
        try:
            step(on)
        except OSError as error:
            found.append(ballots.said_by(error))
    return found


# -- Planning -----------------------------------------------------------------------------------------


def plan(on: date, windows: Windows) -> list[Wave]:
    """The waves of today and, two weeks ahead, the next ones, of all programmes that are on."""
    made = []
    for programme in Programme.objects.filter(is_on=True).exclude(kind=Programme.Kind.ONE_OFF):
        questions = programme.questions.current().first()
        if questions is None:
            continue
        for day in (on, on + timedelta(days=KEYS_AHEAD_DAYS)):
            if wave := _plan_one(programme, questions, day, windows.get(programme.slot_key), on):
                made.append(wave)
    return made


def _plan_one(
    programme: Programme, questions: Questions, day: date, window: tuple[date, date] | None, on: date
) -> Wave | None:
    """The wave of that day, unless one covers it already."""
    if programme.waves.filter(opens_on__lte=day, last_send_on__gte=day).exists():
        return None
    period = periods.repeated(day, by_half=forecast.by_half(programme, on), window=window)
    if period is None:
        return None
    before = programme.waves.filter(last_send_on__gte=period.first).aggregate(last=Max("last_send_on"))[
        "last"
    ]
    opens = max(
        period.first, on if period.first <= on else period.first, before + DAY if before else period.first
    )
    wave, is_new = Wave.objects.get_or_create(
        programme=programme,
        label=period.label,
        defaults={
            "opens_on": opens,  # never before the wave before it has ended
            "last_send_on": period.last,
            "closes_on": period.closes_on,
            "questions": questions,
            "dimensions": [] if period.is_whole else ["tier"],
        },
    )
    return wave if is_new else None


def plan_once(programme: Programme, label: str, questions: Questions, on: date, days: int) -> Wave:
    """The wave of a survey that is sent once; its mails leave as soon as its key is there."""
    last = on + timedelta(days=days)
    return Wave.objects.create(
        programme=programme, label=label, opens_on=on, last_send_on=last,
        closes_on=last + timedelta(days=CLOSES_AFTER_DAYS), questions=questions, dimensions=["tier"],
    )  # fmt: skip


# -- What the ballots' database says ------------------------------------------------------------------


def _mirror(on: date) -> list[str]:
    """Plan there what is missing, ring for keys, and take over how the waves stand.

    Each wave on its own: returns what went wrong, in words. Raises UnreachableError when none can be read.
    """
    waves = list(Wave.objects.filter(keys_destroyed_on__isnull=True).select_related("programme", "questions"))
    standings = ballots.standings(wave.pk for wave in waves)
    return ballots.one_by_one(waves, lambda wave: _look_after(wave, standings.get(wave.pk), on))


def _look_after(wave: Wave, standing: Standing | None, on: date) -> None:
    if standing is None:
        ballots.announce(wave)
        standing = Standing("planned", None)
    if standing.state == Wave.State.PLANNED:
        ballots.ring_prepare(wave.pk)
    else:
        take_over(wave, standing, on)


@transaction.atomic
def take_over(wave: Wave, standing: Standing, on: date) -> None:
    """What the database that decides says of a wave: here, in the keys, and in the box's file."""
    known = (wave.state, wave.next_release_on, wave.held_for)
    changed = known != (standing.state, standing.next_release, standing.held_for)
    if standing.state == Wave.State.READY:
        key = keys.make_wave(wave.pk)
        if changed or not bundles.opens_with(wave, key):
            bundles.write(wave, standing, key)
    elif standing.state in CLOSED:
        _no_more_ballots(wave, standing, on, rewrite=changed)
    wave.state, wave.held_for, wave.key_is_missing = standing.state, standing.held_for, standing.key_missing
    wave.next_release_on, wave.settled_on = standing.next_release, standing.settled_on
    wave.save(
        update_fields=[
            "state", "held_for", "key_is_missing", "next_release_on", "settled_on", "keys_destroyed_on",
        ]
    )  # fmt: skip


def _no_more_ballots(wave: Wave, standing: Standing, on: date, *, rewrite: bool) -> None:
    """Its time is over: the mailer's keys go, and the box's file keeps public facts alone.

    A wave counts as done with once it is settled and the tally's key is known to be destroyed.
    """
    keys.destroy_wave(wave.pk)
    if rewrite or standing.key_destroyed_on is not None:
        bundles.write(wave, standing, None)
    if standing.state in Wave.SETTLED and standing.key_destroyed_on is not None:
        wave.keys_destroyed_on = on
