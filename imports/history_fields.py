"""What the columns of another CRM's history become: people, contacts that happened, worries, promises."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from contacts.models import Channel, Commitment, Concern, Interaction
from imports import cleaners
from imports.cleaners import DATE, NUMBER, REQUIRED, Field, Habits, L, field, reference, text
from imports.errors import RefusedError

BULK = "bulk"
"""A kind of no interaction of ours: it went to many at once and reached nobody."""

ACCOUNTS = "company company_id company_name customer customer_id customer_no account_id account_name"
PEOPLE = "contact_id contact_name contact_email person with who ansprechpartner"
USERS = "owner owner_id owner_name assigned_to assigned_user user_id salesperson created_by logged_by author"
IDS = "id record_id activity_id external_id"

KINDS: dict[str, str] = {
    "call": "phone phonecall telephone loggedcall outboundcall inboundcall outgoingcall incomingcall anruf",
    "email": "mail e_mail outgoingemail incomingemail forwardedemail",
    "letter": "post postalmail brief",
    "meeting": "event appointment demo presentation termin besprechung besprechungstermin",
    "video": "videoconference zoom teams webmeeting onlinemeeting webinar",
    "text": "sms whatsapp chat textmessage",
    "social": "linkedin linkedinmessage xing",
    "visit": "sitevisit customervisit besuch",
    "lunch": "dinner breakfast meal",
    "gift": "present geschenk",
    "note": "comment task todo other notiz reminder uploaddocument document log",
    BULK: "marketingemail massemail listemail newsletter campaignemail bulkemail automatedemail",
}
OUTCOMES: dict[str, str] = {
    "talked": "connected reached spoke answered successful",
    "no_answer": "noanswer busy notreached unanswered",
    "voicemail": "leftvoicemail leftlivemessage leftmessage livemessage mailbox",
    "wrong_number": "badnumber invalidnumber",
    "call_back": "callback calledback callbacklater",
    "sent": "delivered opened replied",
    "held": "attended tookplace",
    "noted": "",
    "": "completed complete done finished closed",
}
NOT_YET = frozenset(
    """planned scheduled notstarted inprogress open deferred waiting notheld canceled cancelled noshow
    rescheduled""".split()  # noqa: SIM905 - read as words
)
DIRECTIONS = {
    "in": "incoming inbound received incomingemail",
    "out": "outgoing outbound sent email forwardedemail internal",
}
SEVERITIES = {
    "1": "low minor trivial",
    "2": "medium normal moderate",
    "3": "high urgent critical major blocker escalated",
}
STATES = {
    "open": "new pending planned inprogress notstarted",
    "kept": "done completed complete closed fulfilled",
    "late": "overduedone",
    "broken": "missed cancelled canceled failed dropped",
}
RESOLVED = {
    "open": "new pending inprogress waiting onhold reopened working escalated assigned waitingoncontact "
    "waitingonus",
    "resolved": "closed solved done fixed",
}


def _outcome(cell: str, habits: Habits) -> str:
    if cleaners.normal(cell) in NOT_YET:
        words = _("“%s”: only what has happened is history. Import it once it has.")
        raise RefusedError(words % cell[:40])
    return _KNOWN_OUTCOME(cell, habits)


def _labels(choices: Any) -> dict[str, Any]:
    return {str(value): label for value, label in choices}


_KNOWN_OUTCOME = cleaners.category(OUTCOMES, _labels(Interaction.Outcome.choices))
_KIND = cleaners.category(KINDS, _labels(Interaction.Kind.choices))
_DIRECTION = cleaners.category(DIRECTIONS, _labels(Interaction.Direction.choices))
_SEVERITY = cleaners.category(SEVERITIES, _labels(Concern.Severity.choices))
_STATE = cleaners.category(STATES, _labels(Commitment.State.choices))
_RESOLVED = cleaners.category(RESOLVED, {"open": L("Open"), "resolved": L("Resolved")})
_CHANNEL = cleaners.category({name: KINDS.get(name, "") for name in Channel.values}, _labels(Channel.choices))
_BY_US = cleaners.category({"us": "we ours our yes true 1", "them": "they theirs customer no false 0"},
                           {"us": L("us"), "them": L("them")})  # fmt: skip


def _whose(prefix: str, user: Any) -> tuple[Field, ...]:
    """Which record it is, and whom it is about."""
    return (
        field(f"{prefix}.external_id", L("Id"), text(60), IDS),
        field(f"{prefix}.account", L("Account (id, name or e-mail)"), reference, ACCOUNTS),
        field(f"{prefix}.contact", L("Contact (id, e-mail or name)"), reference, PEOPLE),
        field(f"{prefix}.user", user, reference, USERS),
    )


INTERACTIONS = (
    *_whose("interaction", L("Who of us (id, e-mail or name)")),
    field(
        "interaction.happened_on",
        L("Date"),
        cleaners.day,
        "activity_date date start_date date_start happened_at logged_on call_date",
        **DATE,
        **REQUIRED,
    ),
    field("interaction.kind", L("Kind"), _KIND, "type activity_type channel task_subtype event_type"),
    field("interaction.direction", L("Direction"), _DIRECTION, "call_direction call_type"),
    field("interaction.outcome", L("Outcome"), _outcome, "result call_outcome status disposition"),
    field("interaction.subject", L("Subject"), text(500), "title name topic betreff"),
    field(
        "interaction.summary",
        L("What was said"),
        cleaners.told,
        "notes note body description comments comment text full_comments notiz",
    ),
    field("interaction.sentiment", L("Mood (1-5)"), cleaners.whole(1, 5), "mood rating", **NUMBER),
)
CONCERNS = (
    *_whose("concern", L("Raised by (id, e-mail or name)")),
    field("concern.owner", L("Who takes care of it"), reference, "assigned_to owner owner_id handler"),
    field("concern.what", L("What it is"), cleaners.told, "subject title name issue problem", **REQUIRED),
    field("concern.details", L("Details"), cleaners.told, "description notes body comments"),
    field("concern.severity", L("Severity"), _SEVERITY, "priority importance"),
    field("concern.opened_on", L("Opened on"), cleaners.day, "date created created_on created_date", **DATE),
    field("concern.due_on", L("Due on"), cleaners.day, "due due_date deadline", **DATE),
    field("concern.state", L("Open or resolved"), _RESOLVED, "status"),
    field("concern.resolved_on", L("Resolved on"), cleaners.day, "closed_on closed_date close_date", **DATE),
    field("concern.resolution", L("How it was resolved"), cleaners.told, "solution answer"),
)
COMMITMENTS = (
    *_whose("commitment", L("Who of us (id, e-mail or name)")),
    field("commitment.what", L("What was promised"), text(300), "subject title name summary promise",
          **REQUIRED),
    field("commitment.due_on", L("Due on"), cleaners.day, "due due_date deadline activity_date date",
          **DATE, **REQUIRED),
    field("commitment.channel", L("Channel"), _CHANNEL, "type activity_type"),
    field("commitment.by_us", L("Promised by (us or them)"), _BY_US, "promised_by ours"),
    field("commitment.state", L("State"), _STATE, "status"),
    field("commitment.closed_on", L("Closed on"), cleaners.day, "completed_on completed_date", **DATE),
)  # fmt: skip
CONTACTS = (
    field("contact.external_id", L("Contact id"), text(60), "id uid record_id contact_no person_id"),
    field("contact.account", L("Account (id, name or e-mail)"), reference, f"{ACCOUNTS} organization",
          **REQUIRED),
    field("contact.name", L("Whole name"), text(160), "full_name contact_name"),
    field("contact.first_name", L("First name"), text(80), "given_name forename vorname"),
    field("contact.last_name", L("Last name"), text(80), "surname family_name nachname"),
    field("contact.job_title", L("Job title"), text(120), "title position role function"),
    field("contact.department", L("Department"), text(80), "dept division abteilung"),
    field("contact.email", L("E-mail"), cleaners.email, "mail e_mail email_address"),
    field("contact.phone", L("Phone"), text(60), "phone_number telephone tel business_phone telefon"),
    field("contact.mobile", L("Mobile"), text(60), "mobile_phone mobile_phone_number cell cell_phone handy"),
    field("contact.language", L("Language"), cleaners.language, "lang preferred_language"),
    field("contact.about", L("About"), cleaners.prose, "note notes description comment comments"),
)  # fmt: skip
