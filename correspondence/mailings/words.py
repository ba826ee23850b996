"""The words of pieces of mailings, written for many at once from the versions that were frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from correspondence.models import TemplateText
from correspondence.placeholders import Subject, values_for
from correspondence.words.filling import MissingWordError, fill, fill_line
from correspondence.words.languages import base_of


@dataclass(frozen=True)
class Written:
    """Subject and body; or the placeholders that have no value."""

    subject: str = ""
    body: str = ""
    missing: tuple[str, ...] = ()


def language_of(spoken: str, text: TemplateText) -> str:
    """Dates and greetings are in the language of the words, in the reader's variant of it."""
    return spoken if spoken and base_of(spoken) == base_of(text.language) else text.language


def written(asked: Sequence[tuple[TemplateText, Subject]]) -> list[Written]:
    """For each text and reader the finished words; as many queries for one as for thousands."""
    if not asked:
        return []
    values = values_for([subject for _text, subject in asked])
    return [_one(text, known) for (text, _subject), known in zip(asked, values, strict=True)]


def _one(text: TemplateText, values: dict[str, str]) -> Written:
    try:
        return Written(fill_line(text.subject, values), fill(text.body, values))
    except MissingWordError as lacking:
        return Written(missing=lacking.names)
