"""How we stand with an account: the facts of its page, in as few queries as the page needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db import connection
from django.db.models import QuerySet
from django.utils import formats, timezone

from accounts.models import Account
from accounts.services import may_edit
from cadences.account_pages.five_ws import known_since, tiles
from cadences.lists.facts import a_year_before
from cadences.models import PlanItem, Touchpoint
from cadences.words import short_why
from contacts.models import Commitment, Concern, Contact, DecisionRole
from contacts.querysets import marked_own
from core import prepared
from core.places import zone_of
from core.text import from_json
from core.written_once import written_once
from sales.five_ws import open_ws_sql, told_by
from users.clock import zone
from users.models import User

FIRST_CONCERNS = 3  # of the page itself: the worst; the others come when they are asked for


@written_once
def for_page(user: User, pk: int) -> QuerySet[Account]:
    """The account with what nearly every page of one says of it; the rest is asked by ``standing_of``."""
    return Account.objects.visible_to(user).filter(pk=pk).select_related("owner", "tier", "worth")


# Written by hand because the page is opened all day: building the same with the ORM costs more than
# the database needs to answer it.
STANDING = f"""
SELECT {open_ws_sql("account.id", "account.facts_from", "account.created_at", "%(today)s")},
       (SELECT jsonb_agg(jsonb_build_object(
            'w', w, 'reason', reason, 'words', words, 'on', said_on,
            'by', (SELECT display_name FROM users_user WHERE id = said_by_id)))
        FROM accounts_fivewanswer said WHERE said.account_id = %(account)s),
       ARRAY(SELECT tag.name FROM accounts_account_tags hung JOIN accounts_tag tag ON tag.id = hung.tag_id
             WHERE hung.account_id = %(account)s ORDER BY tag.name),
       (SELECT max(purchased_on) FROM sales_purchase p
        WHERE p.account_id = %(account)s AND voided_at IS NULL AND amount > 0),
       (SELECT min(purchased_on) FROM sales_purchase p
        WHERE p.account_id = %(account)s AND voided_at IS NULL AND amount > 0),
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)
        FROM (SELECT lag(purchased_on) OVER (ORDER BY purchased_on DESC) - purchased_on AS gap
              FROM (SELECT DISTINCT purchased_on FROM sales_purchase p
                    WHERE p.account_id = %(account)s AND voided_at IS NULL AND amount > 0
                    ORDER BY purchased_on DESC LIMIT 60) days) gaps),
       (SELECT jsonb_build_object('id', i.id, 'on', i.happened_on, 'kind', i.kind, 'by', u.display_name,
                                  'sentiment', i.sentiment,
                                  'person', trim(c.first_name || ' ' || c.last_name))
        FROM contacts_interaction i
        LEFT JOIN users_user u ON u.id = i.user_id
        LEFT JOIN contacts_contact c ON c.id = i.contact_id
        WHERE i.account_id = %(account)s AND i.withdrawn_at IS NULL AND i.reached
        ORDER BY i.happened_on DESC, i.id DESC LIMIT 1),
       ARRAY(SELECT i.sentiment FROM contacts_interaction i
             WHERE i.account_id = %(account)s AND i.withdrawn_at IS NULL AND i.sentiment IS NOT NULL
             ORDER BY i.happened_on DESC, i.id DESC LIMIT 6),
       EXISTS (SELECT 1 FROM accounts_bookentry b WHERE b.account_id = %(account)s AND b.user_id = %(user)s),
       (SELECT jsonb_agg(jsonb_build_array(currency, now::text, before::text))
        FROM (SELECT currency,
                     coalesce(sum(amount) FILTER (WHERE purchased_on > %(start)s), 0) AS now,
                     coalesce(sum(amount) FILTER (WHERE purchased_on <= %(start)s), 0) AS before
              FROM sales_purchase p
              WHERE p.account_id = %(account)s AND voided_at IS NULL
                AND purchased_on > %(before)s AND purchased_on <= %(today)s
              GROUP BY currency) sums),
       (SELECT jsonb_object_agg(c.id, talked.day)
        FROM contacts_contact c CROSS JOIN LATERAL (
            SELECT i.happened_on AS day FROM contacts_interaction i
            WHERE i.contact_id = c.id AND i.reached AND i.withdrawn_at IS NULL
            ORDER BY i.happened_on DESC, i.id DESC LIMIT 1) talked
        WHERE c.account_id = %(account)s),
       (SELECT jsonb_object_agg(slot_id, jsonb_build_object('every', every, 'unit', unit))
        FROM cadences_override o
        WHERE o.account_id = %(account)s AND NOT is_off AND every >= 1
          AND (since IS NULL OR since <= %(today)s) AND (until IS NULL OR until >= %(today)s)),
       (SELECT jsonb_build_object('id', deputy.id, 'name', deputy.display_name)
        FROM users_user owner JOIN users_user deputy ON deputy.id = owner.deputy_id
        WHERE owner.id = account.owner_id),
       (SELECT name FROM accounts_tier WHERE id = account.tier_before_id),
       EXISTS (SELECT 1 FROM contacts_concern o WHERE o.account_id = %(account)s AND o.confirmed_on IS NULL),
       EXISTS (SELECT 1 FROM contacts_commitment o WHERE o.account_id = %(account)s AND o.state = 'open'),
       EXISTS (SELECT 1 FROM contacts_ask o WHERE o.account_id = %(account)s)
FROM accounts_account account WHERE account.id = %(account)s
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Money:
    """Net sales of one currency: 12 months up to today, and the 12 months before."""

    currency: str
    now: Decimal
    before: Decimal

    @property
    def trend(self) -> str:
        """up, down or same; within 5 % counts as same."""
        if abs(self.now - self.before) * 20 <= max(abs(self.now), abs(self.before)):
            return "same"
        return "up" if self.now > self.before else "down"

    @property
    def percent(self) -> int | None:
        """By how much it went up or down; None where that would say nothing: from, or below, zero."""
        if self.before <= 0 or self.now < 0 or self.trend == "same":
            return None
        return round(abs(self.now - self.before) * 100 / self.before)


@dataclass(frozen=True)
class Owed:
    """An open touchpoint with its lateness today and the line that says why it is owed.

    What the system sends (``is_system``) is never late to the reader: nobody here can do it. What of it
    lies in the past (``is_unsent``) says so.
    """

    touchpoint: Touchpoint
    late_days: int
    is_due: bool
    is_system: bool
    why: str
    is_unsent: bool = False


@dataclass(frozen=True)
class Standing:
    """The first lines of the page. ``last``: the latest contact in which the customer was reached.

    ``rhythm``: the median of days between two days of purchase, of the latest 60. ``moods``: newest first.
    ``spoken``: by the id of a person there, when we last reached them. ``own``: by the id of a slot, how
    often this account wants it. ``deputy``: id and name of who stands in for the owner.
    ``has_…``: whether such a list has any rows; most accounts have none, and their page does not ask.
    """

    open_ws: list[str]
    said_ws: list[dict[str, Any]]
    tags: list[str]
    last_sale_on: date | None
    first_sale_on: date | None
    rhythm: int | None
    last: dict[str, Any] | None
    moods: list[int]
    is_in_book: bool
    money: list[Money]
    spoken: dict[str, str]
    own: dict[str, dict[str, Any]]
    deputy: dict[str, Any] | None
    tier_before: str | None
    has_concerns: bool
    has_commitments: bool
    has_asks: bool

    @property
    def moods_shown(self) -> list[int]:
        """The latest five as people read a line: oldest first."""
        return self.moods[4::-1]

    @property
    def mood_trend(self) -> str:
        """better, worse or same: the newest three against those before them; empty for less than two."""
        new, old = self.moods[:3], self.moods[3:]
        if len(self.moods) < 4:
            new, old = self.moods[:1], self.moods[1:]
        if not old:
            return ""
        change = sum(new) / len(new) - sum(old) / len(old)
        return "same" if abs(change) < 0.5 else "better" if change > 0 else "worse"


def standing_of(account: Account, user: User, today: date) -> Standing:
    """Last sale and contact, moods, sales of 12 months by currency: one query."""
    start = a_year_before(today)
    days = {"start": start, "before": a_year_before(start), "today": today}
    with prepared.kept(), connection.cursor() as cursor:
        cursor.execute(STANDING, {"account": account.pk, "user": user.pk, **days})
        row = cursor.fetchone()
    open_ws, said, tags, last_on, first_on, rhythm, last, moods, is_in_book, sums = row[:10]
    spoken, own, deputy, tier_before, *has = row[10:]
    money = [
        Money(currency, Decimal(now), Decimal(before)) for currency, now, before in from_json(sums) or []
    ]
    money.sort(key=lambda one: -(abs(one.now) + abs(one.before)))
    return Standing(
        open_ws,
        from_json(said) or [],
        tags,
        last_on,
        first_on,
        round(rhythm) if rhythm is not None else None,
        from_json(last),
        moods,
        is_in_book,
        money,
        from_json(spoken) or {},
        from_json(own) or {},
        from_json(deputy),
        tier_before,
        *has,
    )


def owed_to(account: Account, user: User, today: date, own: dict[str, dict[str, Any]]) -> list[Owed]:
    """What is owed next, first due first, each with its why. ``own``: the intervals of ``standing_of``."""
    found, rows = [], cast(list[Any], _open_at(account, user))
    for row in rows:
        row.own_interval = [own[str(row.slot_id)]] if str(row.slot_id) in own else []
        found.append(_owed(row, account, today))
    return found


@written_once
def _open_at(account: Account, user: User) -> QuerySet[Touchpoint]:
    rows = Touchpoint.objects.open().visible_to(user).filter(account=account)
    return rows.select_related("slot", "item").order_by("due_on", "due_at", "id")


def _owed(row: Touchpoint, account: Account, today: date) -> Owed:
    row.account = account  # known already: spares a query per line
    is_system = row.item is not None and row.item.assignee == PlanItem.Assignee.NOBODY
    late = 0 if is_system else (today - row.planned_on).days - row.tolerance_days
    is_due = row.due_on <= today and not is_system
    return Owed(
        row,
        late_days=max(0, late),
        is_due=is_due,
        is_system=is_system,
        why=short_why(row),
        is_unsent=is_system and row.due_on < today,
    )


def people_of(account: Account, spoken: dict[str, str]) -> list[Any]:
    """Everybody at the account in the order of ``for_panel``, which costs three times as much to build.

    ``spoken``: the days of ``standing_of``.
    """
    rows: list[Any] = _contacts_at(account)
    for one in rows:
        on = spoken.get(str(one.pk))
        one.spoken_on = date.fromisoformat(on) if on else None
    return sorted(rows, key=lambda one: (one.left_on is not None, not one.is_main, _role_rank(one)))


@written_once
def _contacts_at(account: Account) -> QuerySet[Contact]:
    return Contact.objects.filter(account=account).order_by("name_folded", "id")


def _role_rank(contact: Contact) -> int:
    """Where the first of their roles stands among all; after all where they have none."""
    roles = DecisionRole.values
    return next((rank for rank, role in enumerate(roles) if role in contact.decision_roles), len(roles))


def deciders_among(people: list[Any]) -> list[Any]:
    """Who decides about us and still works there."""
    return [one for one in people if one.left_on is None and DecisionRole.DECIDES in one.decision_roles]


def concerns_of(account: Account, today: date) -> QuerySet[Concern]:
    """Open concerns, worst first; then lately solved ones that the customer has not confirmed."""
    return Concern.objects.on_the_table(today).filter(account=account).by_urgency()


_concerns_at = written_once(concerns_of)


@written_once
def commitments_of(account: Account) -> QuerySet[Commitment]:
    """Open promises, ours and theirs, first due first."""
    return Commitment.objects.open().filter(account=account).order_by("due_on", "id")


def name_contacts(people: list[Any], *rows: tuple[str, list[Any]]) -> None:
    """Put the people of the account into the rows that name them by that column; spares a join of each."""
    known = {one.pk: one for one in people}
    for path, found in rows:
        for row in found:
            key = getattr(row, f"{path}_id")
            if key in known:
                setattr(row, path, known[key])


def name_colleagues(known: list[User | None], *rows: tuple[str, list[Any]]) -> None:
    """Put colleagues into the rows that name them by that column. One query, none where all are known."""
    found = {one.pk: one for one in known if one is not None}
    wanted = {getattr(row, f"{path}_id") for path, some in rows for row in some} - {None, *found}
    if wanted:
        found |= User.objects.in_bulk(wanted)
    for path, some in rows:
        for row in some:
            setattr(row, path, found.get(getattr(row, f"{path}_id")))


def clock_there(account: Account) -> str:
    """What the clock on the account's wall says; empty where its zone is not known."""
    name = account.time_zone or zone_of(str(account.country or ""))
    return str(formats.time_format(timezone.now().astimezone(zone(name)), "H:i")) if name else ""


def page_facts(account: Account, user: User, today: date) -> dict[str, Any]:
    """All facts of the page but the timeline. Seven queries at most, however many rows."""
    editable = may_edit(user, account)
    standing = standing_of(account, user, today)
    owed = owed_to(account, user, today, standing.own)
    people = people_of(account, standing.spoken)
    deciders = deciders_among(people)
    promised = commitments_of(account) if standing.has_commitments else ()
    worries = _concerns_at(account, today) if standing.has_concerns else ()
    commitments = marked_own(promised, user, editable=editable)
    concerns = marked_own(worries, user, editable=editable)
    name_contacts(people, ("contact", concerns), ("contact", commitments))
    name_colleagues(
        [account.owner, user], ("assignee", [one.touchpoint for one in owed]), ("owner", concerns),
        ("raised_by", concerns), ("user", commitments),
    )  # fmt: skip
    has_bought = standing.last_sale_on is not None
    told = told_by(account, has_decider=bool(deciders), has_bought=has_bought)
    return {
        "account": account,
        "is_editable": editable,
        "may_reassign": editable and (user.is_manager or user.is_admin),
        "standing": standing,
        "owed": owed,
        "next": _next_of(owed),
        "people": people,
        "deciders": deciders,
        "concerns": concerns,
        "shown_concerns": concerns[:FIRST_CONCERNS],
        "more_concerns": len(concerns[FIRST_CONCERNS:]),
        "commitments": commitments,
        "promises": promises(commitments, today),
        "five_ws": tiles(account, standing.open_ws, standing.said_ws, told, today),
        "there": clock_there(account),
        "known_since": known_since(account),
        "today": today,
        "year_ago": a_year_before(today),
        "two_years_ago": a_year_before(a_year_before(today)),
    }


def _next_of(owed: list[Owed]) -> Owed | None:
    """What people owe the account next; to-dos are notes to oneself."""
    rows = (one for one in owed if not one.is_system and one.touchpoint.kind != Touchpoint.Kind.TODO)
    return next(rows, None)


@dataclass(frozen=True)
class Promises:
    """Open promises, first due first; of the late ones those that we made come first."""

    late: list[tuple[Commitment, int]]
    open: list[Commitment]


def promises(rows: list[Commitment], today: date) -> Promises:
    """Late ones with their days of lateness, and the others."""
    late = [(row, (today - row.due_on).days) for row in rows if row.due_on < today]
    late.sort(key=lambda one: (not one[0].by_us, one[0].due_on))
    return Promises(late, [row for row in rows if row.due_on >= today])
