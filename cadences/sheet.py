"""The sheet of a touchpoint or an account: everything one needs in sight while the phone rings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from accounts.models import Account
from accounts.services import may_edit
from cadences.gate import Gate, favourable
from cadences.lateness import late_days
from cadences.models import Appointment, PlanItem, Touchpoint
from cadences.next_date import Suggestion, suggest, suggest_for
from cadences.why import explain
from contacts.models import Ask, Channel, Commitment, Concern, Contact, Interaction
from contacts.querysets import marked_own
from sales.models import Purchase
from users.clock import today_for
from users.models import User

RECENT = 3


@dataclass(frozen=True)
class Point:
    """One point of the checklist; ``gate`` says why it is not offered."""

    key: str
    text: str
    gate: Gate | None = None

    @property
    def is_closed(self) -> bool:
        return self.gate is not None and not self.gate.is_open


@dataclass
class Sheet:
    """What the sheet shows beside its form."""

    account: Account
    touchpoint: Touchpoint | None
    today: date
    people: list[Contact]
    recent: list[Interaction]
    concerns: list[Concern]
    unconfirmed: list[Concern]
    promises: list[Commitment]
    asks: list[Ask]
    talking_points: list[str] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    late: int = 0
    suggestion: Suggestion | None = None
    may_close: bool = True
    appointment: Appointment | None = None

    @property
    def person(self) -> Contact | None:
        """Whom the sheet calls: the touchpoint's contact, else the first of the account."""
        named = self.touchpoint.contact if self.touchpoint else None
        if named is not None and named.left_on is None and not named.is_paused(self.today):
            return named
        return self.people[0] if self.people else None

    @property
    def paused(self) -> list[Contact]:
        """Who is not to be called now; the first of them stands for the account where nobody else is."""
        return [contact for contact in self.people if contact.is_paused(self.today)]

    @property
    def nobody_to_call(self) -> bool:
        return self.person is not None and self.person.is_paused(self.today)

    @property
    def agreed(self) -> dict[str, Any]:
        """How, with whom and when, for the log form, where a meeting was agreed for it."""
        meeting = self.appointment
        if meeting is None:
            return {}
        there = {person.pk for person in self.people}
        people = [person.pk for person in meeting.people if person.pk in there]
        return {
            "kind": meeting.kind,
            "contact": people[0] if people else "",
            "others": [str(pk) for pk in people[1:]],
            "happened_on": min(meeting.local_start.date(), self.today),
        }

    @property
    def refused(self) -> str:
        """The channels that this person does not want, by name."""
        names = dict(Channel.choices)
        refused = self.person.refused_channels if self.person else []
        return ", ".join(str(names.get(channel, channel)).lower() for channel in refused)


def of_touchpoint(user: User, touchpoint: Touchpoint) -> Sheet:
    """The sheet of one touchpoint, loaded with :func:`loaded`; about ten queries, whatever it shows."""
    sheet = of_account(user, touchpoint.account)
    item: PlanItem | None = touchpoint.item
    purpose = item.purpose if item else None
    sheet.touchpoint = touchpoint
    sheet.why = explain(touchpoint, user)
    sheet.late = late_days(touchpoint.planned_on, touchpoint.tolerance_days, sheet.today)
    sheet.suggestion = suggest(touchpoint, sheet.today) if touchpoint.state == "open" else None
    sheet.may_close = Touchpoint.objects.editable_by(user).filter(pk=touchpoint.pk).exists()
    if touchpoint.due_at is not None:
        agreed = Appointment.objects.visible_to(user).planned().filter(touchpoint=touchpoint)
        sheet.appointment = agreed.with_people().first()
    if purpose is not None:
        sheet.talking_points = purpose.talking_points
        sheet.points = _points(purpose.checklist, touchpoint, sheet)
    return sheet


def of_account(user: User, account: Account) -> Sheet:
    """What is known of an account, for a log outside any touchpoint."""
    today = today_for(user)
    people = Contact.objects.visible_to(user).filter(account=account).employed()
    concerns = list(
        _of(Concern, user, account).on_the_table(today).by_urgency().select_related("owner", "raised_by")
    )
    recent = Interaction.objects.visible_to(user).filter(account=account).standing().latest_first()
    return Sheet(
        account=account,
        touchpoint=None,
        today=today,
        people=sorted(people, key=lambda contact: contact.is_paused(today)),
        recent=list(recent.select_related("user", "contact")[:RECENT]),
        concerns=[concern for concern in concerns if concern.is_open],
        unconfirmed=[concern for concern in concerns if not concern.is_open],
        promises=_promises(user, account),
        asks=list(_of(Ask, user, account).order_by("-asked_on", "-id")[:RECENT]),
    )


def for_logging(user: User, account: Account) -> Sheet:
    """The sheet of an account with the plan's next date, for the log form of its page."""
    sheet = of_account(user, account)
    sheet.suggestion = suggest_for(account.pk, sheet.today)
    return sheet


def loaded() -> Any:
    """Touchpoints with all that a sheet reads from them."""
    return Touchpoint.objects.select_related(
        "account__tier",
        "account__owner",
        "slot",
        "item__purpose",
        "contact",
        "assignee",
        "closed_by",
        "interaction__user",
    )


def open_to_tick(user: User, account: Account) -> list[Touchpoint]:
    """Open track, calendar and agreed touchpoints that a log may count as (decision table)."""
    rows = Touchpoint.objects.editable_by(user).open().for_people().filter(account=account)
    ahead = today_for(user) + timedelta(days=35)
    rows = rows.filter(due_on__lte=ahead).exclude(anchor=PlanItem.Anchor.AFTER_CONTACT)
    return list(
        rows.exclude(kind=Touchpoint.Kind.TODO).select_related("slot", "item").order_by("due_on", "id")
    )


def gate_of(touchpoint: Touchpoint, open_concerns: int) -> Gate:
    """R4's gate for this account: one or two queries."""
    if touchpoint.basis == Touchpoint.Basis.PURCHASE:
        since: date | None = touchpoint.base_on
    else:
        bought = Purchase.objects.filter(account=touchpoint.account_id, amount__gt=0, voided_at__isnull=True)
        since = bought.order_by("-purchased_on").values_list("purchased_on", flat=True).first()
    moods = Interaction.objects.standing().filter(account=touchpoint.account_id, sentiment__isnull=False)
    if since is not None:
        moods = moods.filter(happened_on__gte=since)
    return favourable(open_concerns, moods.latest_first().values_list("sentiment", flat=True).first())


def _of(model: Any, user: User, account: Account) -> Any:
    return model.objects.visible_to(user).filter(account=account)


def _promises(user: User, account: Account) -> list[Commitment]:
    """Open promises, first due first, each with ``is_editable``: whether this user may close it."""
    found = list(_of(Commitment, user, account).open().order_by("due_on", "id"))
    return marked_own(found, user, editable=may_edit(user, account)) if found else []


def _points(checklist: list[dict[str, str]], touchpoint: Touchpoint, sheet: Sheet) -> list[Point]:
    gate: Gate | None = None
    points = []
    for said in checklist:
        gated = said.get("gate") == "favourable"
        if gated and gate is None:
            gate = gate_of(touchpoint, len(sheet.concerns))
        points.append(Point(said["key"], said["text"], gate if gated else None))
    return points
