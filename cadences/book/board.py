"""The book as a board of decisions: every account stands under the one question it asks today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Sum
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Account, BookEntry
from cadences.lists.facts import a_year_before, with_facts
from contacts.models import Commitment, Concern, Interaction
from core.templatetags.ui import said_day
from sales.models import Purchase
from users.models import User

LONG_IN_THE_BOOK = timedelta(days=90)
MOODS = 3
FACTS = ("last_sale_on", "sales_12m", "last_contact", "next_contact")


@dataclass(frozen=True)
class Word:
    """One fact of how we stand, in words. ``tone``: late, soon, kept or nothing."""

    text: str
    tone: str = ""


@dataclass
class Card:
    """One account of a book, with what decides about it."""

    entry: BookEntry
    account: Any  # an Account with the columns of _accounts
    today: date
    promises: list[Commitment] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)

    @property
    def days(self) -> int:
        """How long it has been in the book."""
        return (self.today - self.entry.added_on).days

    @property
    def next(self) -> dict[str, Any] | None:
        facts: dict[str, Any] | None = self.account.next_contact
        return facts

    @property
    def next_on(self) -> date | None:
        return date.fromisoformat(self.next["on"]) if self.next else None

    @property
    def late_days(self) -> int:
        """Days since the tolerance of the next contact ended."""
        if not self.next:
            return 0
        planned = date.fromisoformat(self.next["planned"])
        return max(0, (self.today - planned).days - int(self.next["tolerance"]))

    @property
    def late_promises(self) -> list[Commitment]:
        return [one for one in self.promises if one.by_us and one.due_on < self.today]

    @property
    def money(self) -> list[tuple[str, Decimal, Decimal]]:
        """Net sales by currency: of 12 months, and of the 12 before."""
        now = {one["currency"]: Decimal(str(one["total"])) for one in self.account.sales_12m}
        before = {one["currency"]: Decimal(str(one["total"])) for one in self.account.sales_before}
        codes = sorted({*now, *before}, key=lambda code: -abs(now.get(code, Decimal(0))))
        return [(code, now.get(code, Decimal(0)), before.get(code, Decimal(0))) for code in codes]

    @property
    def standing(self) -> list[Word]:
        """How we stand, the worst first; one sentence each."""
        return [*self._promised(), *self._worried(), *self._mood()]

    def _promised(self) -> Iterable[Word]:
        for one in self.late_promises[:1]:
            days = (self.today - one.due_on).days
            words = ngettext("late promise, %(n)d day: %(what)s", "late promise, %(n)d days: %(what)s", days)
            yield Word(words % {"n": days, "what": one.what}, "late")
        ours = [one for one in self.promises if one.by_us and one.due_on >= self.today]
        for one in ours[:1]:
            words = _("promised by %(day)s: %(what)s") % {"day": said_day(one.due_on), "what": one.what}
            yield Word(words, "soon" if one.due_on <= self.today + timedelta(days=2) else "")

    def _worried(self) -> Iterable[Word]:
        if not self.concerns:
            return
        worst = self.concerns[0]
        count = len(self.concerns)
        words = ngettext("open concern: %(what)s", "%(n)d open concerns, first: %(what)s", count)
        tone = "late" if worst.severity == Concern.Severity.HIGH else "soon"
        yield Word(words % {"n": count, "what": worst}, tone)

    def _mood(self) -> Iterable[Word]:
        moods: list[int] = self.account.moods
        if not moods:
            return
        latest, before = moods[0], moods[1] if len(moods) > 1 else None
        tone = "late" if latest < 3 else "kept" if latest > 3 else "soon"
        if before is None or before == latest:
            yield Word(_("mood %(now)d") % {"now": latest}, tone)
        else:
            yield Word(_("mood %(now)d, before %(before)d") % {"now": latest, "before": before}, tone)


@dataclass(frozen=True)
class Column:
    """Cards under one question. ``key``: act, research, decide or going."""

    key: str
    title: Any
    hint: Any
    cards: list[Card]


TITLES = {
    "act": (_("Needs you now"), _("A contact, a promise or a serious concern is due.")),
    "research": (_("To research"), _("Look up the five W's before you start.")),
    "decide": (_("Finish or go on?"), _("Nothing is agreed next, or it has been here for three months.")),
    "going": (_("Under way"), _("The next contact has its day.")),
}


def question(card: Card) -> str:
    """The one decision an account asks for today; the first that holds wins."""
    is_due = card.next_on is not None and card.next_on <= card.today
    is_grave = any(one.severity == Concern.Severity.HIGH for one in card.concerns)
    due_promise = any(one.by_us and one.due_on <= card.today for one in card.promises)
    if is_due or is_grave or due_promise:
        return "act"
    if card.entry.stage == BookEntry.Stage.RESEARCH:
        return "research"
    if card.next is None or card.days >= LONG_IN_THE_BOOK.days:
        return "decide"
    return "going"


def columns(cards: Iterable[Card]) -> list[Column]:
    """The cards under their questions, the most urgent first."""
    by_key: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        by_key[question(card)].append(card)
    for found in by_key.values():
        found.sort(key=_urgency)
    return [Column(key, *TITLES[key], by_key[key]) for key in TITLES]


def _urgency(card: Card) -> tuple[Any, ...]:
    worst = max((one.severity for one in card.concerns), default=0)
    return (
        -len(card.late_promises),
        -card.late_days,
        -worst,
        card.next_on or date.max,
        card.account.name_folded,
        card.account.pk,
    )


def cards_of(entries: QuerySet[BookEntry], today: date) -> list[Card]:
    """The cards of these entries: four queries, however many accounts and whoever's books."""
    found = list(entries.order_by("added_on", "pk"))
    ids = {entry.account_id for entry in found}
    accounts = {account.pk: account for account in _accounts(today).filter(pk__in=ids)}
    promises = _by_account(Commitment.objects.open().filter(account__in=ids).order_by("due_on", "id"))
    concerns = _by_account(Concern.objects.open().filter(account__in=ids).worst_first())
    return [
        Card(
            entry,
            accounts[entry.account_id],
            today,
            promises[entry.account_id],
            concerns[entry.account_id],
        )
        for entry in found
    ]


def _accounts(today: date) -> QuerySet[Account]:
    """Accounts with last and next contact, money of two years and the latest moods."""
    rows = with_facts(Account.objects.select_related("owner", "tier"), today, FACTS)
    moods = Interaction.objects.standing().filter(account=OuterRef("pk"), sentiment__isnull=False)
    start = a_year_before(today)
    before = (
        Purchase.objects.filter(
            account=OuterRef("pk"),
            voided_at=None,
            purchased_on__gt=a_year_before(start),
            purchased_on__lte=start,
        )
        .order_by()
        .values("currency")
        .annotate(total=Sum("amount"))
    )
    return rows.annotate(
        moods=ArraySubquery(moods.latest_first().values("sentiment")[:MOODS]),
        sales_before=ArraySubquery(before.values(json=JSONObject(currency="currency", total="total"))),
    )


def _by_account(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(row)
    return found


def book_of(owner: User, reader: User) -> QuerySet[BookEntry]:
    """Somebody's book as another may read it."""
    return BookEntry.objects.visible_to(reader).filter(user=owner)
