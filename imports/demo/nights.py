"""The year behind the demo: the engine ran its nights, and people did what it asked of them, mostly.

The engine alone makes, moves and closes touchpoints. What people did between two nights is written as
the verbs write it (docs/engine.md): an interaction, and the columns of a row that was done or skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.apps import apps
from django.db.models import F, Max

from cadences import worth_night
from cadences.models import Touchpoint
from cadences.nightly import run_night
from contacts.models import Interaction
from imports.demo import phrases
from imports.demo.days import DAY, add_months
from imports.demo.history import Customers, interaction_of, number_of
from imports.demo.talk import Story, Talk
from users.models import User

ASKED_BY = "load_demo"
DONE_SHARE = {"email": 0.9, "gift": 0.95, "meeting": 0.85}
SURVEYS_WAIT = timedelta(days=15)  # one day longer than a night makes up for
MEETINGS = ("meeting", "visit", "lunch")


def past_nights(today: date) -> list[date]:
    """Every month of the last year, the weeks of the last month, the last three nights, and today's."""
    months = [add_months(today.replace(day=1), -back) for back in range(12, 0, -1)]
    weeks = [today - timedelta(weeks=back) for back in (3, 2, 1)]
    days = [today - timedelta(days=back) for back in (3, 2, 1, 0)]
    return sorted({*[day for day in months if day < weeks[0]], *weeks, *days})


@dataclass
class Year:
    """What the nights are told with. ``last``: the day of each company's last talk, which stays the last."""

    rng: Random
    customers: Customers
    stories: dict[int, Story]
    users: dict[str, User]
    last: dict[int, date]


def run(year: Year, today: date) -> None:
    """All nights up to today's. After each but the last, people act until the next one."""
    nights = past_nights(today)
    for night, following in zip(nights, [*nights[1:], None], strict=True):
        _run(night)
        if following is not None:
            act(year, until=following - DAY)
            _send_surveys(until=min(following - DAY, today - SURVEYS_WAIT))
    worth_night.run(today, asked_by=ASKED_BY)


def _send_surveys(until: date) -> None:
    """Those of the past went out; the latest are left for the first night, which mails them."""
    owed = Touchpoint.objects.open().filter(kind=Touchpoint.Kind.SURVEY, due_on__lte=until)
    owed.update(state=Touchpoint.State.DONE, closed_on=F("due_on"))


def _run(night: date) -> None:
    """One night; the changes of tier that it made are kept as of its day, not of the loading."""
    changes = apps.get_model("accounts", "AccountEvent").objects
    newest = changes.aggregate(newest=Max("pgh_id"))["newest"] or 0
    run_night(night, asked_by=ASKED_BY)
    changes.filter(pgh_id__gt=newest).update(pgh_created_at=datetime.combine(night, time(1, 30), UTC))


def act(year: Year, until: date) -> None:
    """Close what came due up to ``until``: by talks that happened, by mails and cards sent, or by a skip."""
    rows = list(
        Touchpoint.objects.open()
        .for_people()
        .filter(assignee__isnull=False, item__isnull=False, due_on__lte=until)
        .exclude(anchor="after_contact")
        .select_related("account", "assignee")
        .order_by("due_on", "id")
    )
    talks = _unused_talks([row.account_id for row in rows])
    written: list[tuple[Touchpoint, Talk]] = []
    closed: list[Touchpoint] = []
    for row in rows:
        found = _fitting(row, talks.get(row.account_id, []), until)
        if found:
            closed.append(_done(row, found))
        elif (talk := _write(year, row, until)) is not None:
            written.append((row, talk))
        elif row.anchor == "calendar" and year.rng.random() < 0.03:
            closed.append(_skipped(year.rng, row))
    closed += _log(year, written)
    Touchpoint.objects.bulk_update(
        closed, ["state", "closed_on", "closed_by", "interaction", "reason"], batch_size=500
    )


def _unused_talks(accounts: list[int]) -> dict[int, list[Interaction]]:
    """Calls and meetings of these accounts that have closed nothing yet."""
    found: dict[int, list[Interaction]] = {}
    kinds = ("call", "video", *MEETINGS)
    for talk in Interaction.objects.filter(
        account_id__in=accounts, reached=True, by_owner_side=True, kind__in=kinds, touchpoints__isnull=True
    ).order_by("happened_on", "id"):
        found.setdefault(talk.account_id, []).append(talk)
    return found


def _fitting(row: Touchpoint, talks: list[Interaction], until: date) -> Interaction | None:
    """The talk that counts as this call of a track, or as this meeting: near enough, and taken away."""
    wanted = MEETINGS if row.kind == "meeting" else ("call", "video") if row.kind == "call" else ()
    first, last = row.ideal_on - timedelta(days=12), row.ideal_on + timedelta(days=21)
    for talk in talks:
        if talk.kind in wanted and first <= talk.happened_on <= min(last, until):
            talks.remove(talk)
            return talk
    return None


def _write(year: Year, row: Touchpoint, until: date) -> Talk | None:
    """A mail, a card or a visit made because it was due; nothing where people let it lie."""
    number = number_of(row.account)
    on = row.due_on + timedelta(days=year.rng.randrange(0, 3))
    story = year.stories[number]
    on = story.setting.work.on_or_after(on)
    newest = year.last.get(number, until)
    if on > until or year.rng.random() > DONE_SHARE.get(row.kind, 0):
        return None
    if row.kind == "meeting" and on >= newest:
        return None  # it would become the last talk, and move today's call
    person = story.someone()
    pool = {"email": phrases.CHECK_IN, "gift": phrases.GREETING, "meeting": phrases.MEETING}[row.kind]
    summary = story.sentences(on, person, pool)
    if row.kind == "meeting":
        return story.say(
            on, "meeting", "held", summary, person=person, sentiment=year.rng.choice((3, 4, 4, 5))
        )
    return story.say(on, row.kind, "sent", summary, person=person)


def _log(year: Year, written: list[tuple[Touchpoint, Talk]]) -> list[Touchpoint]:
    rows = [interaction_of(talk, year.customers, year.users) for _, talk in written]
    made = Interaction.objects.bulk_create(rows)
    return [_done(row, talk) for (row, _), talk in zip(written, made, strict=True)]


def _done(row: Touchpoint, talk: Interaction) -> Touchpoint:
    row.state, row.closed_on, row.closed_by = Touchpoint.State.DONE, talk.happened_on, row.assignee
    row.interaction = talk
    return row


def _skipped(rng: Random, row: Touchpoint) -> Touchpoint:
    row.state, row.closed_on, row.closed_by = Touchpoint.State.SKIPPED, row.due_on, row.assignee
    row.reason = rng.choice(phrases.SKIPPED)
    return row
