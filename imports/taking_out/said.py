"""Values of rows in words, for files that people read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.taking_out.reports import Row


def rows(found: Iterable[models.Model], columns: Sequence[str], *, whole: bool = False) -> list[Row]:
    """Names and values of these columns. Empty ones are left out, unless rows are to be ``whole``."""
    said = ([(label(row, name), value(row, name)) for name in columns] for row in found)
    return [[pair for pair in row if whole or pair[1]] for row in said]


LABELS: dict[str, Any] = {
    "user": gettext_lazy("Who of us"),
    "led_by": gettext_lazy("Who of us"),
    "email": gettext_lazy("E-mail"),
    "happened_on": gettext_lazy("Day"),
    "sentiment": gettext_lazy("Mood, 1 to 5"),
    "summary": gettext_lazy("What was said"),
    "created_at": gettext_lazy("Entered"),
    "formerly": gettext_lazy("Before, as"),
    "what": gettext_lazy("What"),
    "decision_roles": gettext_lazy("Part"),
}
"""Where the name of the column is no word of a person's."""


def label(row: models.Model, name: str) -> str:
    if name in LABELS:
        return str(LABELS[name])
    words = str(getattr(row._meta.get_field(name), "verbose_name", name))
    return words[:1].upper() + words[1:]


def value(row: models.Model, name: str) -> str:
    field = row._meta.get_field(name)
    found = getattr(row, name)
    if found is None or found in ("", []):
        return ""
    if isinstance(field, ArrayField):
        words = dict(getattr(field.base_field, "flatchoices", None) or [])
        return ", ".join(str(words.get(one, one)) for one in found)
    words = dict(getattr(field, "flatchoices", None) or [])
    return str(words[found]) if found in words else plain(found)


def plain(found: Any) -> str:
    """A value as people of this language write it."""
    if isinstance(found, bool):
        return _("yes") if found else _("no")
    if isinstance(found, datetime):
        return str(formats.date_format(timezone.localtime(found), "j M Y H:i"))
    if isinstance(found, date):
        return day(found)
    if isinstance(found, Decimal):
        return str(formats.number_format(found, 2, use_l10n=True, force_grouping=True))
    return str(found)


def day(found: date | None) -> str:
    return str(formats.date_format(found, "j M Y")) if found else ""
