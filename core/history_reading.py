"""Who changed what, when, before and after: the reading side of ``core.history``.

An event holds the row as it was before a change; what it became is the next event's row, or the
live row. So a change is the difference of two neighbours in that chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

_DOORS = {
    "bulk": lazy("in bulk"),
    "bulk undo": lazy("in bulk, taken back"),
    "bin": lazy("put into the recycle bin"),
    "bin restore": lazy("restored from the recycle bin"),
}
BOOKKEEPING = frozenset({"id", "created_at", "updated_at"})


@dataclass(frozen=True)
class Change:
    """One field of one change. ``who`` is a name, ``event`` numbers what was saved together."""

    event: int
    when: datetime
    who: str
    field: str
    before: str
    after: str


def changes_of(obj: models.Model, limit: int = 100) -> list[Change]:
    """The latest changes of a record, newest first; ``limit`` counts saves, not fields.

    Costs one query for the events, one for the people, and one per kind of record that was
    exchanged; never one per event.
    """
    events = list(_events_of(obj)[:limit])
    fields = _shown_fields(obj)
    rows = [obj, *events]  # newest first: what events[i] became is rows[i]
    pairs = list(zip(events, rows, strict=False))
    differing = [(old, new, [f for f in fields if _raw(old, f) != _raw(new, f)]) for old, new in pairs]
    names = _Names(differing)
    return [
        Change(
            event=old.pgh_id,
            when=old.pgh_created_at,
            who=names.who(old),
            field=_label(field),
            before=names.shown(field, _raw(old, field)),
            after=names.shown(field, _raw(new, field)),
        )
        for old, new, changed in differing
        for field in changed
    ]


def _events_of(obj: models.Model) -> models.QuerySet[Any]:
    event_model = apps.get_model(obj._meta.app_label, f"{obj._meta.object_name}Event")
    found = event_model._default_manager.filter(pgh_obj_id=obj.pk, pgh_label="update")
    return found.select_related("pgh_context").order_by("-pgh_id")


def _shown_fields(obj: models.Model) -> list[models.Field[Any, Any]]:
    """Fields that the events keep and people understand; what is excluded from tracking stays hidden."""
    event_model = apps.get_model(obj._meta.app_label, f"{obj._meta.object_name}Event")
    kept = {field.name for field in event_model._meta.concrete_fields}
    return [f for f in obj._meta.concrete_fields if f.name in kept and f.name not in BOOKKEEPING]


def _raw(row: models.Model, field: models.Field[Any, Any]) -> Any:
    return getattr(row, field.attname)


def _label(field: models.Field[Any, Any]) -> str:
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]


class _Names:
    """Names of the people and records that the changes mention, fetched together."""

    def __init__(self, differing: Sequence[tuple[Any, Any, Iterable[Any]]]) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for old, new, fields in differing:
            if (user_id := _user_id(old)) is not None:
                wanted[get_user_model()].add(user_id)
            for field in fields:
                if field.related_model is not None:
                    wanted[field.related_model] |= {_raw(old, field), _raw(new, field)} - {None}
        self._found = {model: model._base_manager.in_bulk(ids) for model, ids in wanted.items()}

    def who(self, event: Any) -> str:
        """The user's name, the reason that a command gave, or that nobody knows; and the door."""
        door = event.pgh_context.metadata.get("door") if event.pgh_context else None
        return f"{self._name(event)} ({_DOORS[door]})" if door in _DOORS else self._name(event)

    def _name(self, event: Any) -> str:
        user_id = _user_id(event)
        if user_id is not None:
            user = self._found[get_user_model()].get(user_id)
            return str(user) if user is not None else _("user %(id)s") % {"id": user_id}
        metadata = event.pgh_context.metadata if event.pgh_context else {}
        return metadata.get("reason") or _("the system")

    def shown(self, field: models.Field[Any, Any], value: Any) -> str:
        """The value as people read it; empty text for nothing."""
        if value is None or value == "" or value == []:
            return ""
        if field.related_model is not None:
            target = self._found[field.related_model].get(value)
            return str(target) if target is not None else f"#{value}"
        if isinstance(field, ArrayField):
            return ", ".join(_said(field.base_field, item) for item in value)
        return _said(field, value)


def _user_id(event: Any) -> int | None:
    user_id = event.pgh_context.metadata.get("user") if event.pgh_context else None
    return int(user_id) if user_id is not None else None


def _said(field: models.Field[Any, Any], value: Any) -> str:
    choices = dict(getattr(field, "flatchoices", None) or [])
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return str(formats.date_format(timezone.localtime(value), "j M Y H:i"))
    if isinstance(value, date):
        return str(formats.date_format(value, "j M Y"))
    if isinstance(value, Decimal):
        return str(formats.number_format(value.normalize() if value else value, use_l10n=True))
    return str(value)
