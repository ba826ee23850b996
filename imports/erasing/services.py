"""The verbs: erase a person, and erase again what a restored backup brought back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from contacts.models import Contact
from core import facts
from correspondence.models import State
from imports.erasing import addresses, finding, in_bin, register
from imports.erasing.applying import apply
from imports.erasing.finding import Found, Mention
from imports.erasing.register import Entry
from imports.erasing.registry import Person
from imports.models import Erasure
from users.access import require_admin
from users.models import User


def look(user: User, contact: Contact) -> Found:
    """What would be blanked, and what an admin has to decide row by row."""
    require_admin(user)
    return finding.look(contact)


def erase(user: User, contact: Contact, why: str, chosen: Collection[str]) -> Erasure:
    """Erase the person behind a contact, at every account; and the ``chosen`` mentions of them (their keys).

    All or nothing, and it cannot be undone. Raises PermissionDenied, or ValidationError in words.
    """
    require_admin(user)
    pk = uuid4()
    try:
        with transaction.atomic():
            return _erase(user, contact, why, set(chosen), pk)
    except Exception:
        _void(pk)
        raise


def _erase(user: User, contact: Contact, why: str, chosen: set[str], pk: UUID) -> Erasure:
    ids = [row.pk for row in finding.same_person(contact)]
    locked = list(Contact.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    in_bin.lock(ids)
    now = [row for row in locked if row.pk == contact.pk] or in_bin.contacts([contact.pk])
    if not now:
        raise ValidationError(_("They were restored or deleted for good in this moment. Look again."))
    found = finding.look(now[0])
    if found.is_erased:
        raise ValidationError(_("This person has been erased already."))
    _refuse_while_sending(found.person)
    wanted = [mention for mention in found.mentions if mention.key in chosen]
    entry = _entry_of(pk, user, why, found, wanted)
    person = replace(found.person, rows=_rows(wanted))
    counts = apply(person)
    erasure = Erasure.objects.create(pk=pk, contacts=sorted(person.contacts), why=why, by=user, counts=counts)
    facts.changed(account_ids={row.account_id for row in found.people})
    _into_register(entry)
    return erasure


def _refuse_while_sending(person: Person) -> None:
    if addresses.mails_to(person).filter(state=State.SENDING).exists():
        raise ValidationError(_("A mail to them is on its way at this moment. Try again in a minute."))


def _rows(mentions: Collection[Mention]) -> dict[str, tuple[Any, ...]]:
    labels = {mention.label for mention in mentions}
    return {label: tuple(one.pk for one in mentions if one.label == label) for label in sorted(labels)}


# -- the register --------------------------------------------------------------------------------------------


def _entry_of(pk: UUID, user: User, why: str, found: Found, wanted: list[Mention]) -> Entry:
    rows = {label: _marked(label, ids) for label, ids in _rows(wanted).items()}
    marked = [[row.pk, register.mark_of(row)] for row in found.people]
    return Entry(str(pk), timezone.now().isoformat(), user.pk, why, marked, rows)


def _marked(label: str, ids: Collection[Any]) -> list[list[Any]]:
    found = in_bin.here_and_there(apps.get_model(label), ids)
    return [[str(row.pk), register.mark_of(row)] for row in found]


def _into_register(entry: Entry) -> None:
    try:
        register.append(entry)
    except OSError as error:
        words = _(
            "Nothing was erased: the register of erasures could not be written (%s). Tell whoever runs it."
        )
        raise ValidationError(words % error.strerror) from error


def _void(pk: UUID) -> None:
    """It may stand in the register already, if the commit itself failed."""
    if any(entry.id == str(pk) for entry in register.entries()):
        register.void(str(pk))


def replay(grace: timedelta = timedelta(0)) -> int:
    """Erase again what the register names and this database does not know of. Returns how many people.

    Called after a restore, at every start and every minute. A row that has the id of an erased one and is
    another is left alone: its mark differs. ``grace``: leave younger entries, they may be on their way.
    """
    before = (timezone.now() - grace).isoformat()
    entries = {entry.id: entry for entry in register.entries() if entry.at <= before}
    known = {str(pk) for pk in Erasure.objects.filter(pk__in=entries).values_list("pk", flat=True)}
    return sum(_replay(entry) for pk, entry in entries.items() if pk not in known)


@transaction.atomic
def _replay(entry: Entry) -> bool:
    marks = {int(pk): mark for pk, mark in entry.contacts}
    people = list(Contact.objects.select_for_update(of=("self",)).filter(pk__in=marks).order_by("pk"))
    if Erasure.objects.filter(pk=entry.id).exists():
        return False  # whoever held the lock was doing it
    missing = set(marks) - {row.pk for row in people}
    if missing and in_bin.lock(missing):
        people += in_bin.contacts(missing)
    same = [row for row in people if register.is_same(row, marks[row.pk])]
    rows = {label: _still_same(label, dict(marked)) for label, marked in entry.rows.items()}
    if not same and not any(rows.values()):
        return False
    person = replace(finding.person_of(same), rows=rows)
    counts = apply(person)
    erasure = Erasure.objects.create(
        pk=entry.id, contacts=sorted(marks), why=entry.why, by=User.objects.filter(pk=entry.by).first(),
        counts=counts, replayed_at=timezone.now(),
    )  # fmt: skip
    Erasure.objects.filter(pk=erasure.pk).update(created_at=parse_datetime(entry.at))
    facts.changed(account_ids={row.account_id for row in same})
    return True


def _still_same(label: str, marks: dict[str, str]) -> tuple[Any, ...]:
    rows = in_bin.here_and_there(apps.get_model(label), marks)
    return tuple(row.pk for row in rows if register.is_same(row, marks[str(row.pk)]))
