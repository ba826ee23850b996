"""What the list of templates and the tabs of one say: which places have words, which lack them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from correspondence.models import Medium, Template, TemplateText
from correspondence.words.languages import SALUTATIONS, name_of


@dataclass(frozen=True)
class Place:
    """Words in one medium and language; ``text`` None: nobody has written them."""

    medium: str
    language: str
    text: TemplateText | None

    @property
    def name(self) -> str:
        return language_name(self.language)


@dataclass(frozen=True)
class Row:
    """One medium of a template, with all languages that matter."""

    medium: str
    label: str
    places: list[Place]


@dataclass(frozen=True)
class Card:
    """A template as the list shows it."""

    template: Template
    rows: list[Row]
    changed_at: datetime

    @property
    def is_written(self) -> bool:
        return any(place.text for row in self.rows for place in row.places)


def cards(templates: Sequence[Template], texts: Iterable[TemplateText], wanted: Sequence[str]) -> list[Card]:
    """``texts``: the current ones of all of them; ``wanted``: languages that each should have."""
    by_template: dict[int, list[TemplateText]] = {}
    for text in texts:
        by_template.setdefault(text.template_id, []).append(text)
    return [_card(template, by_template.get(template.pk, []), wanted) for template in templates]


def _card(template: Template, texts: list[TemplateText], wanted: Sequence[str]) -> Card:
    latest = max((text.created_at for text in texts), default=template.created_at)
    return Card(template, rows_of(template, texts, wanted), latest)


def rows_of(template: Template, texts: Iterable[TemplateText], wanted: Iterable[str]) -> list[Row]:
    """A row for each medium: the template's own language first, then by name."""
    there = {(text.medium, text.language): text for text in texts}
    languages = {*wanted, *(language for _medium, language in there), template.language}
    order = sorted(languages, key=lambda code: (code != template.language, language_name(code)))
    return [
        Row(medium, str(label), [Place(medium, code, there.get((medium, code))) for code in order])
        for medium, label in Medium.choices
    ]


def language_name(code: str) -> str:
    """Its name for the reader; the code where nobody knows it."""
    return name_of(code, get_language() or "en")


def language_choices(*more: str) -> list[tuple[str, Any]]:
    """Languages that have a salutation here, and whichever else is used, by name."""
    codes = {*SALUTATIONS, *(code for code in more if code)}
    return sorted(((code, language_name(code)) for code in codes), key=lambda pair: pair[1])
