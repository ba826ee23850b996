"""The facts about those who could be asked, read for all of them at once: a night costs the same queries
for two and for two thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Account
from contacts.models import Contact
from correspondence.suppression import refusing, suppressed
from sales.models import Purchase
from surveys.asks import Ask
from surveys.models import Asked, Exclusion, HeldBack, Invitation, Programme, Wave
from surveys.quarantine import KEPT_MONTHS, Quarantine, months_before
from users.models import Absence, User

TOPIC = "survey"
MOST_SHARING = 3
LOOK_BACK = timedelta(days=365)
"""How far back an address counts as changed where no purchase is asked about."""

# Whoever writes from one of these is known by the whole address alone.
PUBLIC_PROVIDERS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "gmx.de",
        "gmx.net",
        "gmx.at",
        "gmx.ch",
        "web.de",
        "t-online.de",
        "freenet.de",
        "mail.com",
        "proton.me",
        "protonmail.com",
    ]
)


@dataclass
class Facts:
    """All that a night needs to know about its candidates."""

    on: date
    accounts: dict[int, Account]
    contacts: dict[int, Contact]
    main: dict[int, list[Contact]]  # by account, whom we call first
    purchases: dict[tuple[int, date], Purchase]
    buyers: dict[tuple[int, date], list[int]]  # contacts who bought that day, the largest purchase first
    last_bought: dict[int, date]
    about_purchase: set[int]  # purchases that were asked about
    held: dict[tuple[int, str], HeldBack]
    excluded_accounts: set[int]
    excluded_contacts: set[int]
    in_wave: set[int]
    quarantine: Quarantine
    opted_out: set[str] = field(default_factory=set)
    refusing: set[int] = field(default_factory=set)
    crowded: set[str] = field(default_factory=set)
    own_domains: set[str] = field(default_factory=set)
    own_addresses: set[str] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)  # contacts whose address the sales side changed


def address_of(contact: Contact | None) -> str:
    """Lower case; empty when there is none."""
    return contact.email.strip().lower() if contact is not None else ""


def gather(programme: Programme, wave: Wave | None, asks: Sequence[Ask], on: date) -> Facts:
    """Read everything; about fifteen queries, however many are asked."""
    ids = {ask.account_id for ask in asks}
    accounts = Account.objects.select_related("tier", "owner").in_bulk(ids)
    people = _people(ids, on)
    main = defaultdict(list)
    for person in people:
        main[person.account_id].append(person)
    bought = _purchases(ids)
    purchases = [row for rows in bought.values() for row in rows]
    excluded = list(Exclusion.objects.in_force(on).values_list("account_id", "contact_id"))
    facts = Facts(
        on=on,
        accounts=accounts,
        contacts={person.pk: person for person in people},
        main=dict(main),
        # the lowest of a day stands for the day, as in the plan
        purchases={(row.account_id, row.purchased_on): row for row in reversed(purchases)},
        buyers=_buyers(purchases),
        last_bought={account: rows[-1].purchased_on for account, rows in bought.items()},
        about_purchase=set(
            Asked.objects.filter(programme=programme, purchase__in=[row.pk for row in purchases]).values_list(
                "purchase_id", flat=True
            )
        ),
        held={
            (row.account_id, row.cycle): row
            for row in HeldBack.objects.filter(programme=programme, account__in=ids)
        },
        excluded_accounts={account for account, _contact in excluded if account},
        excluded_contacts={contact for _account, contact in excluded if contact},
        in_wave=_in_wave(wave, people),
        quarantine=_quarantine(people, ids, on),
    )
    _add_addresses(facts, people)
    facts.changed = _changed(facts, asks)
    return facts


def since(facts: Facts, ask: Ask) -> date:
    """From which day on a changed address is one that a manager looks at."""
    if ask.bought_on is not None:
        return ask.bought_on
    earliest = facts.on - LOOK_BACK
    return max(facts.last_bought.get(ask.account_id, earliest), earliest)


def _people(accounts: Iterable[int], on: date) -> list[Contact]:
    """Who works there, whom we call first in front."""
    there = Q(left_on__isnull=True) | Q(left_on__gt=on)
    return list(Contact.objects.filter(there, account__in=accounts).order_by("-is_main", "id"))


def _purchases(accounts: Iterable[int]) -> dict[int, list[Purchase]]:
    rows = Purchase.objects.filter(account__in=accounts, voided_at__isnull=True, amount__gt=0)
    found: dict[int, list[Purchase]] = defaultdict(list)
    for row in rows.order_by("purchased_on", "id"):
        found[row.account_id].append(row)
    return found


def _in_wave(wave: Wave | None, people: Sequence[Contact]) -> set[int]:
    """Which of them this wave has asked already."""
    if wave is None:
        return set()
    mine = Invitation.objects.filter(wave=wave, contact__in=[person.pk for person in people])
    return set(mine.values_list("contact_id", flat=True))


def _buyers(purchases: Iterable[Purchase]) -> dict[tuple[int, date], list[int]]:
    found: dict[tuple[int, date], list[int]] = defaultdict(list)
    for row in sorted(purchases, key=lambda row: (-row.amount, row.pk)):
        if row.buyer_id is not None:
            found[row.account_id, row.purchased_on].append(row.buyer_id)
    return dict(found)


def _quarantine(people: Sequence[Contact], accounts: set[int], on: date) -> Quarantine:
    """Who was asked in the last months. Contacts with one address are one person."""
    persons = {person.pk: address_of(person) or person.pk for person in people}
    same = Contact.objects.annotate(lower=Lower("email")).filter(
        lower__in={address_of(person) for person in people} - {""}
    )
    persons |= dict(same.values_list("pk", "lower"))
    concerned = Q(contact__in=persons) | Q(contact__account__in=accounts)
    asked = Asked.objects.filter(concerned, sent_on__gt=months_before(on, KEPT_MONTHS))
    # a survey that is sent once and waits for its key: whom it will ask is decided
    planned = Invitation.objects.filter(
        concerned, state=Invitation.State.PLANNED, wave__last_send_on__gte=on, wave__programme__is_on=True
    )
    columns = ("contact_id", "contact__account_id")
    found = Quarantine(on)
    for rows in (asked.values_list(*columns, "sent_on"), planned.values_list(*columns, "send_on")):
        found.note_all((persons.get(contact, contact), account, day) for contact, account, day in rows)
    return found


def _add_addresses(facts: Facts, people: Sequence[Contact]) -> None:
    addresses = {address_of(person) for person in people} - {""}
    facts.opted_out = suppressed(addresses, TOPIC)
    facts.refusing = refusing([person.pk for person in people], TOPIC)
    shared = (
        Contact.objects.annotate(lower=Lower("email"))
        .filter(lower__in=addresses, left_on__isnull=True)
        .values("lower")
        .annotate(n=Count("id"))
        .filter(n__gt=MOST_SHARING)
    )
    facts.crowded = set(shared.values_list("lower", flat=True))
    ours = [email.lower() for email in User.objects.exclude(email=None).values_list("email", flat=True)]
    facts.own_addresses = set(ours)
    facts.own_domains = {email.rpartition("@")[2] for email in ours} - PUBLIC_PROVIDERS


# -- Addresses that the sales side changed ------------------------------------------------------------


def _changed(facts: Facts, asks: Sequence[Ask]) -> set[int]:
    """Contacts whose address an owner, deputy or the seller changed since; a first address is no change."""
    starts = {ask.account_id: since(facts, ask) for ask in asks}
    if not starts:
        return set()
    chains = _chains(facts, starts)
    side = _sales_side(facts, {facts.contacts[pk].account_id for pk in chains}, min(starts.values()))
    return {
        pk
        for pk, chain in chains.items()
        if _is_suspect(chain, address_of(facts.contacts[pk]), side.get(facts.contacts[pk].account_id, set()))
    }


def _chains(facts: Facts, starts: dict[int, date]) -> dict[int, list[tuple[str, int | None]]]:
    """Contact -> (address before, who changed it), oldest first; only those whose address changed."""
    model = apps.get_model("contacts", "ContactEvent")
    rows = (
        model.objects.filter(
            pgh_label="update",
            pgh_obj_id__in=list(facts.contacts),
            pgh_created_at__gte=_moment(min(starts.values())),
        )
        .order_by("pgh_id")
        .values_list("pgh_obj_id", "email", "pgh_created_at", "pgh_context__metadata")
    )
    chains: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    for pk, before, moment, context in rows:
        if moment >= _moment(starts[facts.contacts[pk].account_id]):
            chains[pk].append((before.strip().lower(), (context or {}).get("user")))
    return {
        pk: chain
        for pk, chain in chains.items()
        if any(before != address_of(facts.contacts[pk]) for before, _who in chain)
    }


def _is_suspect(chain: list[tuple[str, int | None]], now: str, side: set[int]) -> bool:
    """Whether the address of today was written by the sales side over another one, at once or in steps."""
    befores = [before for before, _who in chain]
    afters = [*befores[1:], now]
    authors = [who for (before, who), after in zip(chain, afters, strict=True) if before != after]
    known = [before for before in befores if before]
    return bool(authors and authors[-1] in side and known and known[0] != now)


def _sales_side(facts: Facts, accounts: set[int], earliest: date) -> dict[int, set[int]]:
    """Account -> those whose changes of an address a manager looks at: owners since, deputies, sellers."""
    if not accounts:
        return {}
    side: dict[int, set[int]] = defaultdict(set)
    for pk in accounts:
        if (owner_now := facts.accounts[pk].owner_id) is not None:
            side[pk].add(owner_now)
    earlier = apps.get_model("accounts", "AccountEvent").objects.filter(
        pgh_obj_id__in=accounts, pgh_created_at__gte=_moment(earliest), owner__isnull=False
    )
    for pk, owner in earlier.values_list("pgh_obj_id", "owner_id"):
        side[pk].add(owner)
    owners = {owner for them in side.values() for owner in them}
    deputies: dict[int, set[int]] = defaultdict(set)
    for owner, deputy in User.objects.filter(pk__in=owners, deputy__isnull=False).values_list(
        "pk", "deputy_id"
    ):
        deputies[owner].add(deputy)
    covered: Any = Absence.objects.filter(user__in=owners, deputy__isnull=False, ends_on__gte=earliest)
    for owner, deputy in covered.values_list("user_id", "deputy_id"):
        deputies[owner].add(deputy)
    for them in side.values():
        them |= {deputy for owner in list(them) for deputy in deputies[owner]}
    for (account, day), purchase in facts.purchases.items():
        if account in accounts and day >= earliest and purchase.sold_by_id:
            side[account].add(purchase.sold_by_id)
    return side


def _moment(day: date) -> datetime:
    """The beginning of a day."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_fixed_timezone(0))
