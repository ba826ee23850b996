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

from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core import doors
from core.history import history_of

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
    rows = [obj, *events]  # newest first: what events[i] became is rows[i]
    saves = changes_between(list(zip(events, rows, strict=False)))
    return [change for _who, changes in saves for change in changes]


def changes_between(pairs: Sequence[tuple[Any, models.Model | None]]) -> list[tuple[str, list[Change]]]:
    """For each event and what it became (None: it was deleted, or is unknown): who, and what differs.

    Of any kinds of records; a query for the people and one per kind of record that was exchanged.
    """
    differing = [(old, new, _differing(old, new)) for old, new in pairs]
    names = _Names(differing)
    return [
        (names.name(old), [_change(names, old, new, field) for field in fields])
        for old, new, fields in differing
    ]


def _change(names: _Names, old: Any, new: models.Model | None, field: models.Field[Any, Any]) -> Change:
    return Change(
        event=old.pgh_id,
        when=old.pgh_created_at,
        who=names.who(old),
        field=_label(field),
        before=names.shown(field, _raw(old, field)),
        after=names.shown(field, _raw(new, field)) if new is not None else "",
    )


def _differing(old: Any, new: models.Model | None) -> list[models.Field[Any, Any]]:
    """Of a deletion: all fields in which something stood."""
    fields = _shown_fields(old)
    if new is None:
        return [field for field in fields if _raw(old, field) not in (None, "", [])]
    return [field for field in fields if _raw(old, field) != _raw(new, field)]


def door_of(event: Any) -> str:
    """The key of ``core.doors.every`` through which a change came."""
    return doors.of(event.pgh_context.metadata if event.pgh_context is not None else None)


def _events_of(obj: models.Model) -> models.QuerySet[Any]:
    found = history_of(type(obj))._default_manager.filter(pgh_obj_id=obj.pk, pgh_label="update")
    return found.select_related("pgh_context").order_by("-pgh_id")


def _shown_fields(event: Any) -> list[models.Field[Any, Any]]:
    """Fields that the events keep and people understand; what is excluded from tracking stays hidden.

    A model names in ``FOR_MACHINES`` what it says in words in other fields.
    """
    hidden = BOOKKEEPING | getattr(event.pgh_tracked_model, "FOR_MACHINES", frozenset())
    kept = {field.name for field in event._meta.concrete_fields}
    tracked = event.pgh_tracked_model._meta.concrete_fields
    return [field for field in tracked if field.name in kept and field.name not in hidden]


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
                    rows = [row for row in (old, new) if row is not None]
                    wanted[field.related_model] |= {_raw(row, field) for row in rows} - {None}
        self._found = {model: model._base_manager.in_bulk(ids) for model, ids in wanted.items()}

    def who(self, event: Any) -> str:
        """The user's name, the reason that a command gave, or that nobody knows; and the door."""
        door = event.pgh_context.metadata.get("door") if event.pgh_context else None
        words = doors.words_of(door)
        return f"{self.name(event)} ({words})" if words else self.name(event)

    def name(self, event: Any) -> str:
        """Who, without the door."""
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
