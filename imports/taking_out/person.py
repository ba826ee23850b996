"""Everything that is kept of one person: to read, and as JSON. Erasing knows what (imports.erasing.what)."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import ForeignKey
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact
from correspondence.models import Piece, PieceFile, Suppression
from imports.erasing.finding import person_of, same_person
from imports.erasing.registry import Person
from imports.erasing.what import RULES, About
from imports.taking_out import away, said, tables
from imports.taking_out.reports import Report, Section
from imports.taking_out.tables import LEFT_OUT, MANAGERS_ONLY
from users.access import require
from users.models import Company, User


def may_take_out(user: User, contact: Contact) -> bool:
    """Admins, and managers who look after the account: who answers when somebody asks what we hold."""
    if user.is_admin:
        return True
    return user.is_manager and Contact.objects.editable_by(user).filter(pk=contact.pk).exists()


def require_may(user: User, contact: Contact) -> None:
    require(
        may_take_out(user, contact), _("Admins and the account's managers take out what is kept of a person.")
    )


def report(user: User, contact: Contact) -> Report:
    """For the person to read; what is empty is left out."""
    require_may(user, contact)
    person = person_of(same_person(contact))
    rows = [(rule, list(_rows(user, rule, person))) for rule in _told(user)]
    sections = [Section(_(rule.title), said.rows(found, rule.shown)) for rule, found in rows if found]
    sections += _not_to_be_written_to(person)
    sections += away.sections(user, person)
    words = {"name": contact.name, "company": Company.get().name}
    return Report(
        title=_("What is kept of %(name)s") % words,
        lead=_("Everything that %(company)s holds about this person, as of %(day)s.")
        % (words | {"day": said.day(timezone.localdate())}),
        footer=contact.name,
        sections=sections,
    )


def as_json(user: User, contact: Contact) -> str:
    """For programs: the same rows with the same columns, values as they are stored."""
    require_may(user, contact)
    kept: dict[str, Any] = {}
    person = person_of(same_person(contact))
    for rule in _told(user):
        rows = [_raw(row, rule.shown) for row in _rows(user, rule, person)]
        kept.setdefault(rule.label.lower(), []).extend(rows)
    kept["correspondence.suppression"] = [
        {"address": one.address, "topic": one.topic, "reason": one.reason, "until": one.until}
        for one in _suppressions(person)
    ]
    kept |= away.raw(user, person)
    return json.dumps(
        {"person": contact.name, "as_of": timezone.now(), "kept": kept},
        cls=DjangoJSONEncoder, ensure_ascii=False, indent=1,
    )  # fmt: skip


def _told(user: User) -> list[About]:
    """What leaves with nobody in the archive does not leave here: who was asked in a survey is for nobody."""
    hidden = LEFT_OUT.keys() if user.is_manager else LEFT_OUT.keys() | MANAGERS_ONLY
    return [rule for rule in RULES if rule.shown and rule.label not in hidden]


def _rows(user: User, rule: About, person: Person) -> models.QuerySet[Any]:
    """Those that leave and that this user may read: drafts and their attachments are their writers' own."""
    seen = tables.rows(rule.model)
    if rule.model in (Piece, PieceFile):
        seen = rule.model.objects.visible_to(user)
    found = seen.filter(**{f"{rule.path}__in": person.contacts})
    tied = [name for name in rule.shown if isinstance(rule.model._meta.get_field(name), ForeignKey)]
    rows = found.select_related(*tied) if tied else found
    return rows.distinct().order_by(rule.shown[0] if rule.path != "pk" else "pk", "pk")


def _raw(row: models.Model, columns: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {"id": row.pk}
    for name in columns:
        field = row._meta.get_field(name)
        values[name] = str(getattr(row, name) or "") if isinstance(field, ForeignKey) else getattr(row, name)
    return values


def _suppressions(person: Person) -> list[Suppression]:
    reached = [one for one in person.reached if "@" in one]
    return list(Suppression.objects.filter(address__in=reached).order_by("pk"))


def _not_to_be_written_to(person: Person) -> list[Section]:
    rows = said.rows(_suppressions(person), ("address", "topic", "reason", "until"))
    return [Section(_("Not to be written to"), rows)] if rows else []
