"""Writes the drafts of a demo world into an empty database, set by set."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import holidays
import pgtrigger
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Account, BookEntry, BookFinish, Tag
from cadences.models import Override, Slot
from contacts.models import Contact, Influence
from core.phones import e164
from imports.demo import people, places
from imports.demo.companies import Company
from imports.demo.world import World
from sales.models import Purchase
from users.models import Absence, Calendar, PublicHoliday, Team, User
from users.models import Company as OwnCompany

BATCH = 2000
BOOK = 25
FINISHED = (
    ("agreed", "Visit of the new line is agreed for spring; purchasing comes along."),
    ("content", "Everything runs, they want a call twice a year and no more."),
    ("nothing", "Budget is frozen until the merger is through. Ask again after the summer."),
)


def load_staff(world: World) -> dict[str, User]:
    """The company, its two offices, teams and users. Returns users by the key of the colleague."""
    calendars = {
        team: Calendar.objects.get_or_create(name=name, defaults={"country": country})[0]
        for team, (_, country, name, _) in people.TEAMS.items()
    }
    OwnCompany.objects.update_or_create(
        id=1,
        defaults={
            "name": people.COMPANY,
            "time_zone": "Europe/Berlin",
            "currency": "EUR",
            "book_size": BOOK,
            "calendar": calendars["Central"],
        },
    )
    teams = {name: Team.objects.create(name=f"Sales {name}") for name in people.TEAMS}
    secret = make_password(people.PASSWORD)  # one hash for all: hashing is slow on purpose
    users = {person.key: _user(person, calendars, teams, secret) for person in people.STAFF}
    for name, (manager, *_) in people.TEAMS.items():
        Team.objects.filter(pk=teams[name].pk).update(manager=users[manager])
    for person in people.STAFF:
        if person.deputy:
            User.objects.filter(pk=users[person.key].pk).update(deputy=users[person.deputy])
    _one_absence(world.today, users)
    load_holidays(world.today)
    fresh = User.objects.select_related("team").in_bulk([user.pk for user in users.values()])
    return {key: fresh[user.pk] for key, user in users.items()}


def _user(
    person: people.Colleague, calendars: dict[str, Calendar], teams: dict[str, Team], secret: str
) -> User:
    zone = people.TEAMS[person.team][3] if person.team else "Europe/Berlin"
    return User.objects.create(
        email=person.email,
        password=secret,
        display_name=person.name,
        roles=[person.role],
        job_title=person.title,
        department=person.department,
        team=teams.get(person.team),
        calendar=calendars.get(person.team),
        time_zone=zone,
        invited_at=timezone.now(),
    )


def _one_absence(today: date, users: dict[str, User]) -> None:
    """Carla is away for some days of the coming week; Jonas stands in."""
    start = today + timedelta(days=6)
    Absence.objects.create(
        user=users["carla"],
        starts_on=start,
        ends_on=start + timedelta(days=4),
        deputy=users["jonas"],
        reason="Holiday",
    )


def load_holidays(today: date) -> None:
    """Public holidays of every country of the demo, from two years back to two years ahead."""
    years = range(today.year - 2, today.year + 3)
    rows = [
        PublicHoliday(country=country.code, day=day, name=name[:200])
        for country in places.COUNTRIES
        for day, name in holidays.country_holidays(country.code, years=years).items()
    ]
    PublicHoliday.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


def load_accounts(world: World, users: dict[str, User]) -> dict[int, Account]:
    """All accounts, by the number of their company; with status and first day, as sales keep them."""
    firsts: dict[int, date] = {}
    for sale in world.sales:
        if not sale.void_reason and sale.amount > 0:
            firsts.setdefault(sale.company, sale.on)
    rows = [_account(world, company, users, firsts.get(company.number)) for company in world.companies]
    created = Account.objects.bulk_create(rows, batch_size=BATCH)
    accounts = {company.number: row for company, row in zip(world.companies, created, strict=True)}
    _tags(world.companies, accounts)
    return accounts


def _account(world: World, company: Company, users: dict[str, User], first: date | None) -> Account:
    owner = users.get(world.owners[company.number])
    age = world.rng.randrange(430, 1400)
    standing = company.standing if first or company.standing == "prospect" else "prospect"
    return Account(
        name=company.name,
        external_id=company.external_id,
        status=standing,
        became_customer_on=first,
        owner=owner,
        owner_since=world.today - timedelta(days=age) if owner else None,
        network_value=company.network,
        industry=company.industry,
        employees=company.employees,
        yearly_revenue=company.revenue,
        currency="EUR",
        street=company.street,
        city=company.city,
        postal_code=company.postal_code,
        country=company.country.code,
        time_zone=company.country.zone,
        language=company.country.language,
        phone=company.phone,
        phone_e164=e164(company.phone, company.country.code),
        email=f"info@{company.domain}",
        website=f"https://www.{company.domain}/",
    )


def _tags(companies: list[Company], accounts: dict[int, Account]) -> None:
    tags = {name: Tag.objects.get_or_create(name=name)[0] for company in companies for name in company.tags}
    through = Account.tags.through
    through.objects.bulk_create(
        [
            through(account_id=accounts[c.number].pk, tag_id=tags[name].pk)
            for c in companies
            for name in c.tags
        ]
    )


def load_contacts(world: World, accounts: dict[int, Account]) -> dict[int, list[Contact]]:
    """All people, by company in the order of the drafts."""
    codes = {company.number: company.country.code for company in world.companies}
    rows = []
    for draft in world.contacts:
        code = codes[draft.company]
        rows.append(
            Contact(
                account=accounts[draft.company],
                first_name=draft.first,
                last_name=draft.last,
                job_title=draft.title,
                department=draft.department,
                email=draft.email,
                phone=draft.phone,
                phone_e164=e164(draft.phone, code),
                mobile=draft.mobile,
                mobile_e164=e164(draft.mobile, code),
                language=draft.language,
                is_main=draft.main,
                preferred_channel=draft.preferred,
                refused_channels=[draft.refused] if draft.refused else [],
                left_on=world.today - timedelta(days=world.rng.randrange(20, 400)) if draft.left else None,
                decision_roles=draft.roles,
                influence=draft.influence,
                attitude=draft.attitude,
                placed=draft.placed,
            )
        )
    found: dict[int, list[Contact]] = {}
    for draft, row in zip(world.contacts, Contact.objects.bulk_create(rows, batch_size=BATCH), strict=True):
        found.setdefault(draft.company, []).append(row)
    _draw_lines(world, found)
    return found


def _draw_lines(world: World, found: dict[int, list[Contact]]) -> None:
    """Who reports to whom, and who has whose ear, once everybody has a row."""
    below, links = [], []
    position: dict[int, int] = {}
    for draft in world.contacts:
        mine = position[draft.company] = position.get(draft.company, -1) + 1
        there = found[draft.company]
        row = there[mine]
        if draft.boss is not None:
            row.reports_to = there[draft.boss]
            below.append(row)
        account = row.account_id
        links += [Influence(account_id=account, who=row, whom=there[other]) for other in draft.influences]
    with pgtrigger.ignore("contacts.Contact:update_update"):  # told from the start, and never changed
        Contact.objects.bulk_update(below, ["reports_to"], batch_size=BATCH)
    Influence.objects.bulk_create(links, batch_size=BATCH)


def load_purchases(
    world: World,
    accounts: dict[int, Account],
    users: dict[str, User],
    contacts: dict[int, list[Contact]],
) -> None:
    rows = [
        Purchase(
            account=accounts[sale.company],
            external_id=f"P{number:06d}",
            purchased_on=sale.on,
            amount=sale.amount,
            currency="EUR",
            sold_by=users.get(world.owners[sale.company]),
            buyer=_buyer(contacts.get(sale.company, []), number, sale.on),
            about=sale.about[:200],
            voided_at=_noon(sale.on + timedelta(days=1)) if sale.void_reason else None,
            void_reason=sale.void_reason,
        )
        for number, sale in enumerate(world.sales, start=20001)
    ]
    Purchase.objects.bulk_create(rows, batch_size=BATCH)


def _buyer(people: list[Contact], number: int, day: date) -> Contact | None:
    """One in three orders names nobody; the others come from whoever worked there then, in turn."""
    there = [person for person in people if person.left_on is None or person.left_on > day]
    return there[number // 3 % len(there)] if there and number % 3 else None


def load_exceptions(world: World, accounts: dict[int, Account]) -> set[int]:
    """Two customers ask for a pause, two want another rhythm than their tier's. Returns these companies."""
    quiet = [number for number, rhythm in world.rhythms.items() if rhythm in {"silent", "fading"}]
    paused, other = quiet[3:5], quiet[7:9]
    Account.objects.filter(pk__in=[accounts[number].pk for number in paused]).update(
        paused_from=world.today - timedelta(days=12),
        paused_until=world.today + timedelta(days=40),
        pause_reason="Rebuilding their plant; asked not to be rung until it runs again",
    )
    slot = Slot.objects.get(key="relationship-call")
    Override.objects.bulk_create(
        [
            Override(
                account=accounts[number],
                slot=slot,
                every=3,
                unit="month",
                reason="Asked for a call once a quarter, no more",
            )
            for number in other
        ]
    )
    return {*paused, *other}


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def load_books(world: World, accounts: dict[int, Account], users: dict[str, User]) -> None:
    """Each salesperson works the newest customers, the biggest buyers of the year and a few of the rest; two
    places are free."""
    year = world.today - timedelta(days=365)
    sums: dict[int, Decimal] = {}
    for sale in world.sales:
        if sale.on > year and not sale.void_reason:
            sums[sale.company] = sums.get(sale.company, Decimal(0)) + sale.amount
    rows: list[Any] = []
    finished: list[Any] = []
    for seller in people.SELLERS:
        mine = [company.number for company in world.kept_by(seller.key) if company.standing == "customer"]
        mine.sort(key=lambda number: (number not in world.starts, -sums.get(number, Decimal(0)), number))
        chosen = [*mine[:16], *islice(world.rng.sample(mine[16:], 20), BOOK - 18)]
        rows += [
            BookEntry(
                user=users[seller.key],
                account=accounts[number],
                added_on=world.today - timedelta(days=(days := world.rng.randrange(2, 110))),
                stage=BookEntry.Stage.RESEARCH if days < 8 else BookEntry.Stage.WORKING,
            )
            for number in chosen
        ]
        finished += [
            BookFinish(
                user=users[seller.key],
                account=accounts[number],
                added_on=world.today - timedelta(days=70),
                finished_on=world.today - timedelta(days=world.rng.randrange(3, 60)),
                why=why,
                outcome=outcome,
                entry={"added_on": "", "stage": "working", "proposed": "", "unanswered": ""},
            )
            for number, (why, outcome) in zip(mine[-3:], FINISHED, strict=False)
        ]
    BookEntry.objects.bulk_create(rows)
    BookFinish.objects.bulk_create(finished)
