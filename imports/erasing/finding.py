"""Who the person is, everywhere; what tells of them; and where words name them: for the eyes of an admin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.models import Commitment, Concern, Contact
from imports.erasing import addresses, in_bin
from imports.erasing.registry import Person
from imports.erasing.what import ERASED, NAME, PLACES, RULES, About

TELLING = 6
"""An address or number of fewer letters, such as an extension, is in too many others."""

LONG_ENOUGH = 3
"""A name of fewer letters stands in too many words."""


@dataclass(frozen=True)
class Mention:
    """A row whose words may tell of the person. ``sure``: by full name, address or number, or by a key."""

    label: str
    pk: Any
    what: str
    day: date | None
    words: str
    sure: bool

    @property
    def key(self) -> str:
        return f"{self.label}:{self.pk}"


@dataclass(frozen=True)
class Found:
    """All that is known before anything is done."""

    people: list[Contact]
    person: Person
    counts: list[tuple[str, int]]
    staying: list[tuple[str, int]]
    mentions: list[Mention]
    open_promises: int
    open_concerns: int

    @property
    def places(self) -> list[str]:
        """Where they are or were, by name."""
        return in_bin.account_names(self.person.accounts)

    @property
    def is_erased(self) -> bool:
        return all(is_erased(contact) for contact in self.people)


def is_erased(contact: Contact) -> bool:
    return contact.last_name == NAME and not contact.email and not contact.first_name


def look(contact: Contact) -> Found:
    """The same number of queries for two rows and two thousand."""
    people = same_person(contact)
    person = person_of(people)
    counts: list[tuple[str, int]] = []
    staying: list[tuple[str, int]] = []
    known: set[tuple[str, Any]] = set()
    for rule in RULES:
        ids = _ids(rule, person)
        if ids and not rule.asked and rule.title:
            (counts if rule.blanks else staying).append((_(rule.title), len(ids)))
        if rule.blanks and not rule.asked:
            known |= {(rule.label, pk) for pk in ids}
    theirs = person.contacts
    return Found(
        people=people,
        person=person,
        counts=counts,
        staying=staying,
        mentions=list(_without(known, [*_by_key(person), *_by_words(people, person)])),
        open_promises=Commitment.objects.open().filter(contact__in=theirs).count(),
        open_concerns=Concern.objects.filter(contact__in=theirs, resolved_on__isnull=True).count(),
    )


def same_person(contact: Contact) -> list[Contact]:
    """Their rows at all accounts where they worked or work, this one first; also those in the recycle bin."""
    found, wave = {contact.pk: contact}, [contact.pk]
    while wave:
        by_bin = in_bin.same_person(wave)
        tied = Contact.objects.filter(Q(formerly__in=wave) | Q(later__in=wave) | Q(pk__in=by_bin))
        here = tied.exclude(pk__in=found).select_related("account").distinct()
        there = in_bin.contacts(set(by_bin) - found.keys())
        rows = {row.pk: row for row in (*here, *there)}
        found |= rows
        wave = list(rows)
    return list(found.values())


def person_of(people: Iterable[Contact]) -> Person:
    rows = list(people)
    parts = [part for row in rows for part in (row.email.strip().lower(), row.phone, row.mobile)]
    reached = dict.fromkeys(part for part in parts if len(part) >= TELLING)
    shared = addresses.shared(rows)
    named = [row for row in rows if row.first_name]
    return Person(
        contacts=tuple(row.pk for row in rows),
        accounts=tuple(dict.fromkeys(row.account_id for row in rows)),
        names=tuple(dict.fromkeys(row.name for row in named)),
        pairs=tuple(dict.fromkeys((row.first_name, row.last_name) for row in named if row.last_name)),
        reached=tuple(reached),
        shared=tuple(one for one in reached if one in shared),
    )


def _ids(rule: About, person: Person) -> list[Any]:
    return sorted({*rule.ids(person.contacts), *in_bin.ids(rule, person.contacts)})


def _by_key(person: Person) -> Iterator[Mention]:
    """Rows that are about others, too: a talk with three people, a meeting."""
    for rule in RULES:
        if rule.asked and rule.words:
            yield from _mentions_of(rule, person)


def _mentions_of(rule: About, person: Person) -> Iterator[Mention]:
    for row in in_bin.here_and_there(rule.model, _ids(rule, person)):
        if words := _joined(row, rule.words):
            yield Mention(rule.label, row.pk, rule.title, _day(row, rule.shown[0]), words, sure=True)


def _by_words(people: list[Contact], person: Person) -> Iterator[Mention]:
    surely, perhaps = _patterns(people, person)
    if perhaps is None:
        return
    for place in PLACES:
        here, there = Q(), Q()
        for column in place.words:
            here |= Q(**{f"{column}__iregex": perhaps})
            there |= Q(**{f"data__{column}__iregex": perhaps})
        rows = place.model._base_manager.filter(here, **{f"{place.path}__in": person.accounts})
        lying = in_bin.at(place, person.accounts).filter(there).values_list("object_id", flat=True)
        for row in (*rows.order_by("pk"), *in_bin.rows(place.model, list(lying))):
            words = _joined(row, place.words)
            sure = surely is not None and bool(re.search(surely, words, re.IGNORECASE))
            title = str(place.model._meta.verbose_name).capitalize()
            yield Mention(place.label, row.pk, title, _day(row, place.day), words, sure)


def _patterns(people: list[Contact], person: Person) -> tuple[str | None, str | None]:
    """For Python: what names them surely; for PostgreSQL: also one of their names, as a word of its own."""
    certain = [re.escape(one) for one in (*person.names, *person.own)]
    single = {name.strip() for row in people for name in (row.first_name, row.last_name)} - {NAME}
    likely = [rf"\m{re.escape(name)}\M" for name in sorted(single) if len(name) >= LONG_ENOUGH]
    together = [*certain, *map(re.escape, person.shared), *likely]
    return "|".join(certain) or None, "|".join(together) or None


def _without(known: set[tuple[str, Any]], mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Each row once, and none that is blanked anyway; the latest first."""
    seen = set(known)
    for mention in sorted(mentions, key=lambda one: (not one.sure, -(one.day or date.min).toordinal())):
        if (mention.label, mention.pk) not in seen:
            seen.add((mention.label, mention.pk))
            yield mention


def _joined(row: Any, columns: Iterable[str]) -> str:
    said = (str(getattr(row, column) or "").strip() for column in columns)
    return " · ".join(one for one in said if one and one != ERASED)


def _day(row: Any, name: str) -> date | None:
    value = getattr(row, name, None)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
