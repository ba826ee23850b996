"""Tells and writes what happened with the demo's accounts, so that the engine finds work for today."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Account
from contacts.models import Ask, Commitment, Concern, Contact, Interaction
from imports.demo import aim, trades
from imports.demo.aftermath import Aftermath
from imports.demo.companies import Company
from imports.demo.days import DAY, WorkingDays, add_months
from imports.demo.people import SELLERS
from imports.demo.talk import MONTHS_BACK, Setting, Story, Talk
from imports.demo.world import World, office_of
from users.models import User

BATCH = 2000
LATE_ELSEWHERE = {"": 1.0, "birgit": 0.3, "ralf": 0.3}  # share of their calls that is late
LATE, TODAY = 7, 7  # calls of each salesperson that are to be overdue, and due today


@dataclass(frozen=True)
class Customers:
    """What the database says about the accounts of a world: rows, people, and today's call rhythm of each."""

    accounts: dict[int, Account]
    contacts: dict[int, list[Contact]]
    rhythms: dict[int, aim.Rhythm]  # by company
    steady: set[int]  # companies whose tier has not changed lately


def number_of(account: Account) -> int:
    """The number of the company that an account was made from."""
    return int((account.external_id or "C0")[1:])


def aim_days(world: World, customers: Customers) -> dict[int, date]:
    """The day of the last qualifying contact of every customer that is not new."""
    days: dict[int, date] = {}
    for owner in {*world.owners.values()}:
        mine = [c for c in world.kept_by(owner) if c.standing == "customer" and c.number not in world.starts]
        world.rng.shuffle(mine)
        if owner in {seller.key for seller in SELLERS}:
            days |= _work_for_today(world, mine, customers)
        for company in mine:
            if company.number not in days:
                work, rhythm = world.working_days(company), customers.rhythms[company.number]
                late = world.rng.random() < LATE_ELSEWHERE.get(owner, 0.02)
                found = aim.overdue(world.rng, rhythm, work, world.today) if late else None
                days[company.number] = found or aim.later(world.rng, rhythm, work, world.today)
    return days


def _work_for_today(world: World, mine: list[Company], customers: Customers) -> dict[int, date]:
    """Enough calls that are late, and enough that are due today, for one salesperson."""
    days: dict[int, date] = {}
    settled = [c for c in mine if c.number in customers.steady and world.rhythms[c.number] != "young"]
    wanted = {"late": LATE, "today": TODAY}
    for company in settled:
        goal = "late" if wanted["late"] >= wanted["today"] else "today"
        if not wanted[goal]:
            break
        work, rhythm = world.working_days(company), customers.rhythms[company.number]
        day = (
            aim.overdue(world.rng, rhythm, work, world.today)
            if goal == "late"
            else aim.due_today(rhythm, work, world.today, world.rng.choice((0, 0, 0, 1, 2, 4)))
        )
        if day is None and goal == "today":
            goal, day = "late", aim.overdue(world.rng, rhythm, work, world.today)
        if day is not None:
            days[company.number] = day
            wanted[goal] = max(0, wanted[goal] - 1)
    return days


def tell(world: World, customers: Customers, last: dict[int, date]) -> dict[int, Story]:
    """Everybody's history of the last 18 months, by company."""
    since = add_months(world.today, -MONTHS_BACK)
    goods: dict[int, list[str]] = {}
    firsts: dict[int, date] = {}
    for sale in world.sales:
        if sale.amount > 0:
            goods.setdefault(sale.company, []).extend(_machines(sale.about))
            firsts.setdefault(sale.company, sale.on)
    stories: dict[int, Story] = {}
    people: dict[int, list] = {}
    for person in world.contacts:
        people.setdefault(person.company, []).append(person)
    for company in world.companies:
        rng = random.Random(f"{company.number}/{world.today}")  # noqa: S311 - stories, not secrets
        setting = Setting(
            company,
            people[company.number],
            world.owners[company.number],
            goods.get(company.number) or [trades.GOODS[0][0]],
            _office_days(world, company),
            world.today,
        )
        story = Story(rng, setting)
        facts = (since, firsts.get(company.number), last.get(company.number))
        _tell_one(story, world, customers.rhythms, facts)
        stories[company.number] = story
    return stories


def in_order(stories: dict[int, Story]) -> list[Talk]:
    """All talks as they happened: ids grow with time, as in a database that was in use."""
    talks = [talk for story in stories.values() for talk in story.talks]
    return sorted(talks, key=lambda talk: (talk.on, talk.at, talk.company))


def _office_days(world: World, company: Company) -> WorkingDays:
    return WorkingDays.of(office_of(world.owners[company.number]), around=world.today)


def _machines(about: str) -> list[str]:
    """``dosing pump DP 40`` of ``4 x dosing pump DP 40; 3 x seal kit``: what people talk about."""
    things = [part.rsplit(" x ", maxsplit=1)[-1] for part in about.split("; ")]
    return [thing for thing in things if "pump " in thing or "unit" in thing]


def _tell_one(
    story: Story,
    world: World,
    rhythms: dict[int, aim.Rhythm],
    facts: tuple[date, date | None, date | None],
) -> None:
    """``facts``: since when to tell, the first purchase, the last contact that the aim wants."""
    since, first, last = facts
    company = story.setting.company
    start = max(since, first or since)
    if company.number in world.starts:
        begun = world.starts[company.number]
        if begun.called:
            story.call_of_week(begun.purchased_on)
        return
    if last is None:
        story.prospect(since)
        return
    if first and first >= since:
        story.track(first, last - DAY)
    story.rhythm(last, rhythms[company.number], max(start, (first or start) + timedelta(days=45)))
    if company.size != "small":
        story.meetings(start, last - DAY, 105 if company.size == "large" else 240)
    story.background(start, {"small": 3, "medium": 6, "large": 12}[company.size])


def write(world: World, customers: Customers, users: dict[str, User], talks: list[Talk]) -> None:
    """Interactions, then the concerns, promises, asks and expectations that came of them."""
    rows = [interaction_of(talk, customers, users) for talk in talks]
    created = Interaction.objects.bulk_create(rows, batch_size=BATCH)
    pairs = list(zip(talks, created, strict=True))
    Concern.objects.bulk_create([_concern(talk, row, users) for talk, row in pairs if talk.worry])
    Commitment.objects.bulk_create([_commitment(talk, row) for talk, row in pairs if talk.promise])
    Ask.objects.bulk_create(_asks(world, pairs))
    Aftermath(users, world.today).write(pairs)


def interaction_of(talk: Talk, customers: Customers, users: dict[str, User]) -> Interaction:
    user = users.get(talk.user)
    zone = ZoneInfo(user.time_zone if user else "Europe/Berlin")
    return Interaction(
        account=customers.accounts[talk.company],
        contact=customers.contacts[talk.company][talk.person],
        kind=talk.kind,
        direction=talk.direction,
        outcome=talk.outcome,
        reached=talk.reached,
        by_owner_side=talk.owner_side,
        happened_on=talk.on,
        happened_at=datetime.combine(talk.on, talk.at, zone),
        user=user,
        summary=talk.summary,
        sentiment=talk.sentiment,
        source=Interaction.Source.PAGE if user else Interaction.Source.IMPORT,
    )


def _concern(talk: Talk, row: Interaction, users: dict[str, User]) -> Concern:
    worry = talk.worry
    assert worry is not None  # noqa: S101 - chosen by the caller
    helper = users["tom"] if worry.severity > 1 else row.user
    return Concern(
        account_id=row.account_id,
        contact_id=row.contact_id,
        interaction=row,
        what=worry.what,
        severity=worry.severity,
        raised_by=row.user,
        owner=helper,
        opened_on=talk.on,
        due_on=talk.on + timedelta(days=14 // worry.severity),
        resolved_on=worry.resolved_on,
        resolved_by=helper if worry.resolved_on else None,
        resolution=worry.resolution,
    )


def _commitment(talk: Talk, row: Interaction) -> Commitment:
    promise = talk.promise
    assert promise is not None  # noqa: S101 - chosen by the caller
    return Commitment(
        account_id=row.account_id,
        contact_id=row.contact_id,
        interaction=row,
        user=row.user,
        by_us=promise.by_us,
        what=promise.what,
        channel=("email", "call", "letter", "text")[row.pk % 4],
        due_on=promise.due_on,
        state=promise.state,
        closed_on=promise.closed_on,
    )


def _asks(world: World, pairs: list[tuple[Talk, Interaction]]) -> list[Ask]:
    names = [company.name for company in world.companies if company.standing == "prospect"]
    return [
        Ask(
            account_id=row.account_id,
            contact_id=row.contact_id,
            interaction=row,
            kind=kind,
            asked_on=talk.on,
            asked_by=row.user,
            answer=answer,
            referred_company=world.rng.choice(names) if kind == "referral" and answer == "yes" else "",
        )
        for talk, row in pairs
        for kind, answer in talk.asks
    ]
