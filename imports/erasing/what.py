"""What is kept of a person, table by table, and what erasing does to it. Read by erasure, access and export.

Counts and sums stay: rows are blanked, not deleted. A test holds that every key to a contact and every column
with words in these tables is named here, so that a new one cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_noop

ERASED = "[erased]"
"""What stands where words stood: people see that something was there, and rules that ask for words hold."""

NAME = "Erased person"


@dataclass(frozen=True)
class About:
    """Rows of one model that tell of a person.

    ``path``: from the row to the contact, as the ORM writes it. ``words``: text that becomes ERASED where
    there is any. ``emptied``: column -> value, whatever stood there. ``kept``: columns with words that tell
    nothing of the person. ``asked``: a person ticks which of these rows are blanked. ``goes``: attachments,
    deleted. ``shown``: stands in the file that the person gets.
    """

    label: str
    path: str
    title: str
    words: tuple[str, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    asked: bool = False
    goes: bool = False
    shown: tuple[str, ...] = ()

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def blanks(self) -> bool:
        """Whether erasing changes anything in these rows."""
        return bool(self.words or self.emptied or self.goes)

    def ids(self, contacts: tuple[int, ...]) -> list[Any]:
        """The rows that tell of these contacts."""
        rows = self.model._base_manager.filter(**{f"{self.path}__in": contacts})
        return sorted(set(rows.values_list("pk", flat=True)))


RULES: tuple[About, ...] = (
    About(
        "contacts.Contact",
        "pk",
        gettext_noop("Who they are"),
        words=("about", "pause_reason"),
        emptied={
            "first_name": "",
            "last_name": NAME,
            "job_title": "",
            "department": "",
            "email": "",
            "phone": "",
            "phone_e164": "",
            "mobile": "",
            "mobile_e164": "",
            "language": "",
            "preferred_channel": "",
            "refused_channels": [],
            "external_id": None,
            "decision_roles": [],
            "influence": None,
            "attitude": None,
            "placed": None,
            "reports_to": None,
            "is_main": False,
        },
        shown=(
            "account",
            "first_name",
            "last_name",
            "job_title",
            "department",
            "email",
            "phone",
            "mobile",
            "language",
            "preferred_channel",
            "refused_channels",
            "external_id",
            "started_on",
            "left_on",
            "formerly",
            "paused_until",
            "pause_reason",
            "decision_roles",
            "influence",
            "attitude",
            "placed",
            "reports_to",
            "about",
            "created_at",
        ),
    ),
    About("contacts.Contact", "reports_to", gettext_noop("Who reports to them"), asked=True),
    About(
        "contacts.Contact",
        "formerly",
        gettext_noop("The same person elsewhere"),
        asked=True,
        shown=("account", "job_title"),
    ),
    About(
        "contacts.Influence",
        "who",
        gettext_noop("Whom they influence"),
        words=("note",),
        shown=("whom", "note"),
    ),
    About(
        "contacts.Influence",
        "whom",
        gettext_noop("Who influences them"),
        words=("note",),
        shown=("who", "note"),
    ),
    About(
        "contacts.Interaction",
        "contact",
        gettext_noop("Talks, mails and notes"),
        words=("summary", "refused_reason", "no_next_reason", "withdrawn_reason"),
        kept=("covered", "external_id"),
        shown=(
            "happened_on",
            "kind",
            "direction",
            "outcome",
            "user",
            "summary",
            "sentiment",
            "refused_reason",
        ),
    ),
    About(
        "contacts.Interaction",
        "others",
        gettext_noop("Talks at which they were, too"),
        words=("summary",),
        kept=("refused_reason", "no_next_reason", "withdrawn_reason", "covered", "external_id"),
        asked=True,
        shown=("happened_on", "kind", "outcome", "user", "summary"),
    ),
    About(
        "contacts.Concern",
        "contact",
        gettext_noop("Concerns"),
        words=("what", "resolution"),
        kept=("external_id",),
        shown=("opened_on", "what", "severity", "resolved_on", "resolution", "confirmed_on"),
    ),
    About(
        "contacts.Concern",
        "confirmed_with",
        gettext_noop("Concerns they confirmed as solved"),
        words=("resolution",),
        kept=("what",),
        asked=True,
        shown=("opened_on", "resolution", "confirmed_on"),
    ),
    About(
        "contacts.ConcernNote",
        "concern__contact",
        gettext_noop("Remarks on their concerns"),
        words=("text",),
        shown=("noted_at", "user", "text"),
    ),
    About(
        "contacts.Commitment",
        "contact",
        gettext_noop("Promises"),
        words=("what", "moved_reason"),
        kept=("external_id",),
        shown=("due_on", "by_us", "what", "channel", "state", "closed_on"),
    ),
    About(
        "contacts.Expectation",
        "contact",
        gettext_noop("What they expect"),
        words=("what", "words"),
        shown=("led_on", "what", "state", "words"),
    ),
    About(
        "contacts.Ask",
        "contact",
        gettext_noop("What we asked them"),
        words=("referred_company",),
        shown=("asked_on", "kind", "answer", "referred_company"),
    ),
    About(
        "sales.Purchase",
        "buyer",
        gettext_noop("What they ordered"),
        kept=("about", "void_reason", "external_id", "currency"),
        shown=("purchased_on", "amount", "currency", "about"),
    ),
    About(
        "correspondence.Piece",
        "contact",
        gettext_noop("E-mails and letters of ours"),
        words=("subject", "body", "refused_reason", "reason"),
        kept=("language", "origin"),
        shown=("medium", "state", "left_on", "subject", "body"),
    ),
    About(
        "correspondence.PieceFile",
        "piece__contact",
        gettext_noop("What went with them"),
        words=("name",),
        kept=("kind", "file"),
        goes=True,
        shown=("name", "kind", "size"),
    ),
    About(
        "correspondence.Message",
        "contact",
        gettext_noop("The outbox"),
        emptied={"stored": "", "last_error": ""},
        kept=(
            "kind",
            "key",
            "payload",
            "from_name",
            "from_address",
            "reply_to",
            "reason",
            "message_id",
            "provider_id",
            "recipient",
        ),
        shown=("kind", "topic", "recipient", "state", "sent_at", "returned_at"),
    ),
    About(
        "correspondence.Recipient",
        "contact",
        gettext_noop("Mailings they were chosen for"),
        words=("address", "missing", "reason"),
        kept=("language", "excluded"),
        shown=("mailing", "address", "excluded"),
    ),
    About(
        "surveys.Invitation",
        "contact",
        gettext_noop("Invitations to surveys"),
        kept=("language", "codes", "address"),
    ),
    About("surveys.Asked", "contact", gettext_noop("Surveys they were asked to take"), shown=("sent_on",)),
    About(
        "surveys.Exclusion",
        "contact",
        gettext_noop("Left out of surveys"),
        words=("reason",),
        shown=("created_at", "reason", "until"),
    ),
    About(
        "surveys.HeldBack",
        "contact",
        gettext_noop("Held back from surveys"),
        words=("decided_because",),
        emptied={"address": ""},
        kept=("cycle",),
        shown=("since", "reason", "state"),
    ),
    About(
        "cadences.Touchpoint",
        "contact",
        gettext_noop("Contacts that were planned"),
        words=("about",),
        kept=("cycle", "basis", "reason"),
        shown=("due_on", "kind", "state", "about"),
    ),
    About(
        "cadences.Appointment",
        "guests__contact",
        gettext_noop("Meetings they were invited to"),
        words=("purpose", "agenda", "needs", "reason"),
        kept=("time_zone", "place"),
        asked=True,
        shown=("starts_at", "kind", "host", "purpose", "agenda", "state"),
    ),
    About("cadences.Guest", "contact", gettext_noop("Seats at meetings"), emptied={"is_invited": False}),
    About(
        "cadences.NotedDeparture",
        "contact",
        gettext_noop("When they left"),
        kept=("moved",),
        shown=("created_at",),
    ),
)
"""Titles are kept in English with an erasure; the pages translate them."""


@dataclass(frozen=True)
class Place:
    """Words that people wrote somewhere at an account: may name anybody. ``path`` leads to the account."""

    label: str
    path: str
    words: tuple[str, ...]
    day: str

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)


PLACES: tuple[Place, ...] = (
    Place("contacts.Interaction", "account", ("summary",), "happened_on"),
    Place("contacts.Concern", "account", ("what", "resolution"), "opened_on"),
    Place("contacts.ConcernNote", "concern__account", ("text",), "noted_at"),
    Place("contacts.Commitment", "account", ("what", "moved_reason"), "due_on"),
    Place("contacts.Expectation", "account", ("what", "words"), "led_on"),
    Place("contacts.Ask", "account", ("referred_company",), "asked_on"),
    Place("contacts.Influence", "account", ("note",), "created_at"),
    Place("contacts.Contact", "account", ("about", "pause_reason"), "created_at"),
    Place("accounts.Account", "pk", ("about", "pause_reason"), "created_at"),
    Place("accounts.FiveWAnswer", "account", ("words",), "said_on"),
    Place("accounts.BookFinish", "account", ("outcome",), "finished_on"),
    Place("accounts.AccountFile", "account", ("name", "about"), "created_at"),
    Place("cadences.Appointment", "account", ("purpose", "agenda", "needs", "place"), "starts_at"),
    Place("cadences.Touchpoint", "account", ("about",), "due_on"),
    Place("cadences.Campaign", "account", ("reason", "words"), "started_on"),
    Place("correspondence.Piece", "account", ("subject", "body"), "created_at"),
    Place("sales.Purchase", "account", ("about", "void_reason"), "purchased_on"),
)


def rules_of(label: str) -> list[About]:
    return [rule for rule in RULES if rule.label == label]


def words_of(label: str) -> tuple[str, ...]:
    """All columns of a model in which a person can be named."""
    named = [rule.words for rule in RULES if rule.label == label]
    named += [place.words for place in PLACES if place.label == label]
    return tuple(dict.fromkeys(column for columns in named for column in columns))
