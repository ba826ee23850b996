"""Purpose sheets: what to talk about and what to tick (R2, R4).

Versions share their sheets. A sheet that another version uses is copied when a draft changes it, so that
what salespeople read changes with the plan and never before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cadences.models import Plan, PlanItem, Purpose
from cadences.plans.cells import StaleError
from cadences.plans.drafts import locked_draft
from users.models import User

MOST_LINES = 30
LONGEST_LINE = 300
FAVOURABLE = "favourable"

Check = tuple[str, str]
"""Text and gate ("favourable" or empty) of a point of the checklist."""


@dataclass(frozen=True)
class SheetText:
    """What stands on a sheet."""

    name: str
    talking_points: Sequence[str]
    checklist: Sequence[Check]


@transaction.atomic
def write_sheet(
    user: User,
    plan: Plan,
    item: PlanItem,
    text: SheetText,
    *,
    seen: str | None = None,
) -> Purpose:
    """Write the sheet of an item of a draft, and of the draft's other items that use the same one.

    A point of the checklist whose text stays keeps its key, so that what was ticked before still counts.
    ``seen``: the token of the sheet that the editor was opened with.
    """
    draft = locked_draft(user, plan)
    row = PlanItem.objects.select_related("purpose", "slot").get(pk=item.pk, plan=draft)
    old = row.purpose
    if seen is not None and seen != sheet_token(old):
        words = _("A colleague saved this sheet while you were editing. Check theirs and save again.")
        raise StaleError(words, sheet_token(old))
    points, checks = _lines(text.talking_points), _checks(text.checklist, old)
    _check(text.name.strip(), points, [one["text"] for one in checks])
    sheet = _own(draft, old) or Purpose(key=_free_key(row.slot.key))
    sheet.name, sheet.talking_points, sheet.checklist = text.name.strip(), points, checks
    sheet.save()
    if old is None:
        PlanItem.objects.filter(pk=row.pk).update(purpose=sheet)
    elif old.pk != sheet.pk:
        PlanItem.objects.filter(plan=draft, purpose=old).update(purpose=sheet)
    return sheet


def sheet_token(sheet: Purpose | None) -> str:
    """What a form carries, to be refused if somebody saved meanwhile; empty where there is no sheet."""
    if sheet is None:
        return ""
    said = (sheet.pk, sheet.name, sheet.talking_points, sheet.checklist)
    return md5(str(said).encode(), usedforsecurity=False).hexdigest()


def _own(draft: Plan, sheet: Purpose | None) -> Purpose | None:
    """The sheet itself, if no other version uses it."""
    if sheet is None or PlanItem.objects.filter(purpose=sheet).exclude(plan=draft).exists():
        return None
    return sheet


def _lines(texts: Sequence[str]) -> list[str]:
    return [text.strip() for text in texts if text.strip()]


def _checks(checklist: Sequence[Check], old: Purpose | None) -> list[dict[str, str]]:
    keys = {point["text"]: point["key"] for point in (old.checklist if old else [])}
    taken = set(keys.values())
    found = []
    for text, gate in checklist:
        said = text.strip()
        if not said:
            continue
        key = keys.get(said) or _free(slugify(said)[:24] or "point", taken)
        taken.add(key)
        found.append({"key": key, "text": said, "gate": gate if gate == FAVOURABLE else ""})
    return found


def _check(name: str, points: Sequence[str], checks: Sequence[str]) -> None:
    problems: dict[str, str] = {}
    if not 1 <= len(name) <= 80:
        problems["name"] = _("Give the sheet a name of at most %(n)d characters.") % {"n": 80}
    for field, texts in (("talking_points", points), ("checklist", checks)):
        if len(texts) > MOST_LINES:
            problems[field] = _("At most %(n)d lines: nobody reads more during a call.") % {"n": MOST_LINES}
        elif too_long := next((n for n, text in enumerate(texts, 1) if len(text) > LONGEST_LINE), 0):
            words = {"line": too_long, "n": LONGEST_LINE}
            problems[field] = _("Line %(line)d is longer than %(n)d characters. Split it.") % words
        elif len(set(texts)) < len(texts):
            problems[field] = _("A line stands there twice. Remove one of them.")
    if problems:
        raise ValidationError({field: [words] for field, words in problems.items()})


def _free_key(base: str) -> str:
    """A key that no sheet has: one-week-call, one-week-call-2 …"""
    taken = set(Purpose.objects.filter(key__startswith=base[:34]).values_list("key", flat=True))
    return _free(base[:34], taken)


def _free(base: str, taken: set[str]) -> str:
    key, n = base, 1
    while key in taken:
        n += 1
        key = f"{base}-{n}"
    return key
