"""The words of pieces of mailings, written for many at once from the versions that were frozen."""

from __future__ import annotations

from collections.abc import Sequence

from correspondence.models import TemplateText
from correspondence.placeholders import Subject
from correspondence.texts.services import Written, write_many
from correspondence.words.languages import base_of


def language_of(spoken: str, text: TemplateText) -> str:
    """Dates and greetings are in the language of the words, in the reader's variant of it."""
    return spoken if spoken and base_of(spoken) == base_of(text.language) else text.language


def written(asked: Sequence[tuple[TemplateText, Subject]]) -> list[Written]:
    """For each text and reader the finished words."""
    return list(write_many(asked)) if asked else []
