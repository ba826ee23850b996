"""What is to be written: open touchpoints of kind e-mail, letter and gift whose plan item has a template."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists

from cadences.gifts.words import words_of
from cadences.models import Touchpoint
from cadences.planned.origins import piece_of_outer
from cadences.querysets import TouchpointQuerySet
from contacts.models import Contact, Interaction
from correspondence.models import Medium, Template, Use
from users.models import User

Kind = Touchpoint.Kind
MEDIA: dict[str, str] = {Kind.EMAIL: Medium.EMAIL, Kind.LETTER: Medium.LETTER, Kind.GIFT: Medium.LETTER}
"""A gift goes with a letter or a card."""

AT_ONCE_WITHIN = timedelta(days=14)
"""What is older than this is never queued without somebody's eye, whatever the plan says."""


@dataclass(frozen=True)
class Due:
    """One touchpoint with whom it is written to and by whom."""

    touchpoint: Touchpoint
    contact: Contact | None
    about_id: int | None = None
    gift: str = ""

    @property
    def medium(self) -> str:
        return MEDIA[self.touchpoint.kind]

    @property
    def template(self) -> Template:
        return self.touchpoint.item.template  # type: ignore[union-attr,return-value]  # rows without are not asked for

    @property
    def owner(self) -> User | None:
        """The account's owner, while there is one who can sign."""
        owner: User | None = self.touchpoint.account.owner
        return owner if owner is not None and owner.is_active else None

    @property
    def language(self) -> str:
        """The contact's, else the account's, else the one that the template stands in with."""
        said = self.contact.language if self.contact else ""
        return said or self.touchpoint.account.language or self.template.language

    def goes_at_once(self, on: date) -> bool:
        item = self.touchpoint.item
        return item is not None and not item.approval and self.touchpoint.due_on > on - AT_ONCE_WITHIN


def unwritten(on: date) -> TouchpointQuerySet:
    """Open, due, with a template, and nothing written for it yet (or taken back by a person)."""
    rows = Touchpoint.objects.open().filter(kind__in=MEDIA, due_on__lte=on, item__template__isnull=False)
    rows = rows.filter(~Exists(piece_of_outer()))
    return rows.select_related("account__owner", "contact", "item__template", "slot")


def with_people(rows: Sequence[Touchpoint]) -> list[Due]:
    """The rows with their contact: the one they name, if still there, else the account's main one.

    One query, two more where gifts are among them, one more where something is a thank-you.
    """
    people = recipients(rows)
    talks, gifts = _talks(rows), words_of([row for row in rows if row.kind == Kind.GIFT])
    return [Due(row, people.get(row.pk), talks.get(row.pk), gifts.get(row.pk, "")) for row in rows]


def recipients(rows: Iterable[Touchpoint]) -> dict[int, Contact]:
    """By row, who gets what it owes: whom it names, if still there, else the main contact. One query."""
    rows = list(rows)
    mains = mains_of({row.account_id for row in rows})
    found = {row.pk: row.contact if _is_there(row) else mains.get(row.account_id) for row in rows}
    return {pk: contact for pk, contact in found.items() if contact is not None}


def mains_of(account_ids: Collection[int]) -> dict[int, Contact]:
    """By account, whom we call when nobody else is named."""
    found = Contact.objects.employed().filter(account__in=list(account_ids), is_main=True)
    return {contact.account_id: contact for contact in found}


def _is_there(row: Touchpoint) -> bool:
    named: Contact | None = row.contact
    return named is not None and named.left_on is None and named.account_id == row.account_id


def _talks(rows: Sequence[Touchpoint]) -> dict[int, int]:
    """What a thank-you thanks for: the latest talk with them since the fact that it is counted from."""
    thanks = [
        row for row in rows if row.item and row.item.template and row.item.template.use == Use.THANK_YOU
    ]
    if not thanks:
        return {}
    latest: dict[int, Any] = {
        talk["account"]: talk
        for talk in Interaction.objects.standing()
        .filter(account__in={row.account_id for row in thanks}, reached=True)
        .order_by("account", "-happened_on", "-pk")
        .distinct("account")
        .values("account", "pk", "happened_on")
    }
    return {
        row.pk: talk["pk"]
        for row in thanks
        if (talk := latest.get(row.account_id)) and talk["happened_on"] >= row.base_on
    }
