"""Small makers of records for tests: sensible values, everything can be said otherwise.

They write rows directly and ring no bell, so that a test decides itself when the engine runs.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Account, AccountFile, BookEntry, FiveWAnswer, Tier
from cadences.models import Appointment, Campaign, Guest, Plan, PlanItem, Purpose, Schedule, Slot, Touchpoint
from contacts.models import Commitment, Concern, Contact, Influence, Interaction
from correspondence.models import Identity, Mailing, Piece, Template, TemplateText
from sales.models import Purchase
from users.models import Absence, Calendar, Company, Team, User

_numbers = count(1)


def number() -> int:
    """A number that no earlier record of this test run carries."""
    return next(_numbers)


# -- Users ------------------------------------------------------------------------------------------


def make_company(**fields: Any) -> Company:
    company = Company.get()
    for name, value in fields.items():
        setattr(company, name, value)
    company.save()
    return company


def make_calendar(**fields: Any) -> Calendar:
    fields.setdefault("name", f"Calendar {number()}")
    return Calendar.objects.create(**fields)


def make_team(manager: User | None = None, **fields: Any) -> Team:
    fields.setdefault("name", f"Team {number()}")
    return Team.objects.create(manager=manager, **fields)


def make_user(*roles: str, password: str | None = None, **fields: Any) -> User:
    """A user with these roles; salesperson when none is said. ``password`` None: sign in by force_login."""
    n = number()
    fields.setdefault("email", f"user{n}@tend.example")
    fields.setdefault("display_name", f"User {n}")
    fields.setdefault("roles", list(roles) or ["salesperson"])
    return User.objects.create_user(password=password, **fields)


def make_absence(user: User, starts_on: date, ends_on: date, **fields: Any) -> Absence:
    return Absence.objects.create(user=user, starts_on=starts_on, ends_on=ends_on, **fields)


# -- Accounts and people ----------------------------------------------------------------------------


def make_tier(rank: int = 1, **fields: Any) -> Tier:
    fields.setdefault("name", f"Tier {rank}")
    return Tier.objects.get_or_create(rank=rank, defaults=fields)[0]


def make_account(owner: User | None = None, **fields: Any) -> Account:
    fields.setdefault("name", f"Account {number()}")
    if fields.get("status") == Account.Status.CUSTOMER:
        fields.setdefault("became_customer_on", date(2025, 1, 15))
    return Account.objects.create(owner=owner, **fields)


def make_book_entry(
    user: User, account: Account, added_on: date = date(2026, 11, 3), **fields: Any
) -> BookEntry:
    """An account that is being worked, unless said otherwise."""
    fields.setdefault("stage", BookEntry.Stage.WORKING)
    return BookEntry.objects.create(user=user, account=account, added_on=added_on, **fields)


def make_contact(account: Account, **fields: Any) -> Contact:
    fields.setdefault("first_name", "Eva")
    fields.setdefault("last_name", f"Lind {number()}")
    return Contact.objects.create(account=account, **fields)


def make_influence(who: Contact, whom: Contact, **fields: Any) -> Influence:
    return Influence.objects.create(account=who.account, who=who, whom=whom, **fields)


def make_interaction(account: Account, user: User | None = None, **fields: Any) -> Interaction:
    """A call in which the customer was reached by the owner's side, unless said otherwise."""
    fields.setdefault("kind", Interaction.Kind.CALL)
    fields.setdefault("outcome", Interaction.Outcome.TALKED)
    fields.setdefault("reached", True)
    fields.setdefault("by_owner_side", True)
    fields.setdefault("happened_on", date(2026, 10, 23))
    return Interaction.objects.create(account=account, user=user, **fields)


def make_concern(account: Account, **fields: Any) -> Concern:
    fields.setdefault("what", "The pump seal leaks")
    fields.setdefault("opened_on", date(2026, 11, 9))
    return Concern.objects.create(account=account, **fields)


def make_promise(account: Account, user: User | None, due_on: date, **fields: Any) -> Commitment:
    """A promise of ours, open unless said otherwise; a closed one was closed on its day."""
    fields.setdefault("what", "A quote")
    if fields.get("state", "open") != "open":
        fields.setdefault("closed_on", due_on)
    return Commitment.objects.create(account=account, user=user, due_on=due_on, **fields)


def make_file(account: Account, user: User | None, content: bytes = b"%PDF-1.7 quote") -> AccountFile:
    name = "quote.pdf"
    return AccountFile.objects.create(
        account=account, added_by=user, name=name, kind="application/pdf", size=len(content),
        file=ContentFile(content, name),
    )  # fmt: skip


def make_purchase(account: Account, purchased_on: date, amount: str = "100", **fields: Any) -> Purchase:
    fields.setdefault("currency", "EUR")
    return Purchase.objects.create(
        account=account, purchased_on=purchased_on, amount=Decimal(amount), **fields
    )


# -- What we write ---------------------------------------------------------------------------------


def make_identity(user: User, **fields: Any) -> Identity:
    """A verified sender, unless said otherwise."""
    fields.setdefault("name", user.display_name)
    fields.setdefault("address", user.email)
    fields.setdefault("verified_at", timezone.now())
    return Identity.objects.create(user=user, **fields)


def make_piece(contact: Contact, sender: User, **fields: Any) -> Piece:
    """A draft of an e-mail, unless said otherwise."""
    fields.setdefault("medium", "email")
    fields.setdefault("subject", "Thank you for the talk")
    fields.setdefault("body", f"Dear {contact.name},\n\nthank you.")
    fields.setdefault("created_by", sender)
    return Piece.objects.create(account_id=contact.account_id, contact=contact, sender=sender, **fields)


def make_mailing(created_by: User, **fields: Any) -> Mailing:
    """A draft with a template of its own."""
    fields.setdefault("name", f"Mailing {number()}")
    if "template" not in fields:
        fields["template"] = make_template("greeting", fields.get("medium", "email")).template
    return Mailing.objects.create(created_by=created_by, **fields)


def make_template(use: str = "thank_you", medium: str = "email", **fields: Any) -> TemplateText:
    """A template with its first words; more words of ``template=`` get the next number."""
    template = fields.pop("template", None) or Template.objects.create(name=f"Template {number()}", use=use)
    fields.setdefault("language", "en")
    fields.setdefault("subject", "Thank you, {{contact_name}}")
    fields.setdefault("body", "{{salutation}}\n\nthank you for your time.")
    before = template.texts.filter(medium=medium, language=fields["language"]).count()
    return TemplateText.objects.create(template=template, medium=medium, number=before + 1, **fields)


# -- The plan and what is owed ----------------------------------------------------------------------


def make_schedule(*, is_on: bool = True, **fields: Any) -> Schedule:
    schedule = Schedule.get()
    schedule.is_on = is_on
    for name, value in fields.items():
        setattr(schedule, name, value)
    schedule.save()
    return schedule


def make_slot(key: str = "call", **fields: Any) -> Slot:
    fields.setdefault("name", key.replace("-", " ").capitalize())
    return Slot.objects.get_or_create(key=key, defaults=fields)[0]


def make_purpose(key: str = "talk", **fields: Any) -> Purpose:
    fields.setdefault("name", key.capitalize())
    return Purpose.objects.get_or_create(key=key, defaults=fields)[0]


def make_plan(**fields: Any) -> Plan:
    fields.setdefault("version", number())
    return Plan.objects.create(**fields)


def make_item(slot: Slot | None = None, **fields: Any) -> PlanItem:
    """A rolling monthly call in a draft plan, unless said otherwise."""
    fields.setdefault("plan", fields.get("plan") or make_plan())
    fields.setdefault("kind", PlanItem.Kind.CALL)
    fields.setdefault("anchor", PlanItem.Anchor.AFTER_CONTACT)
    fields.setdefault("every", 1)
    fields.setdefault("unit", PlanItem.Unit.MONTH)
    return PlanItem.objects.create(slot=slot or make_slot(), **fields)


def make_touchpoint(
    account: Account, assignee: User | None, due_on: date, slot: Slot | None = None, **fields: Any
) -> Touchpoint:
    """An open rolling call that is owed on ``due_on``, unless said otherwise."""
    fields.setdefault("cycle", f"n{number()}")
    fields.setdefault("kind", Touchpoint.Kind.CALL)
    fields.setdefault("anchor", PlanItem.Anchor.AFTER_CONTACT)
    fields.setdefault("basis", Touchpoint.Basis.CONTACT)
    fields.setdefault("base_on", due_on - timedelta(days=30))
    fields.setdefault("ideal_on", due_on)
    fields.setdefault("planned_on", due_on)
    return Touchpoint.objects.create(
        account=account, assignee=assignee, due_on=due_on, slot=slot or make_slot(), **fields
    )


def make_answers(account: Account, *ws: str) -> None:
    """Somebody has confirmed these W's; all but why when none is said."""
    for w in ws or ("who", "what", "where", "when"):
        FiveWAnswer.objects.create(account=account, w=w, said_on=date(2026, 11, 2))


def make_campaign(account: Account, started_on: date, weeks: int = 4, **fields: Any) -> Campaign:
    """Running, unless an end is said."""
    fields.setdefault("ends_on", started_on + timedelta(days=7 * weeks - 1))
    return Campaign.objects.create(account=account, started_on=started_on, weeks=weeks, **fields)


def make_appointment(
    account: Account, host: User, starts_at: datetime, *contacts: Contact, **fields: Any
) -> Appointment:
    """An hour in Oslo with these people, planned, for no touchpoint unless said otherwise."""
    fields.setdefault("ends_at", starts_at + timedelta(hours=1))
    fields.setdefault("time_zone", "Europe/Oslo")
    made = Appointment.objects.create(account=account, host=host, starts_at=starts_at, **fields)
    Guest.objects.bulk_create([Guest(appointment=made, contact=contact) for contact in contacts])
    return made


def at(moment: str) -> datetime:
    """An instant from text such as ``2026-11-24 14:00``, in UTC."""
    return timezone.make_aware(datetime.fromisoformat(moment), timezone.get_fixed_timezone(0))
