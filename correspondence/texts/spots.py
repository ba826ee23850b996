"""One place of a template: its words in one medium and language, or those to begin them with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404

from correspondence.models import Medium, Template, TemplateText
from correspondence.texts.cards import language_name
from correspondence.words.languages import is_language


@dataclass(frozen=True)
class Spot:
    """``text``: what counts here; ``source``: words of another place to begin with, where there is none."""

    template: Template
    medium: str
    language: str
    text: TemplateText | None
    source: TemplateText | None

    @property
    def medium_name(self) -> str:
        return str(Medium(self.medium).label)

    @property
    def language_name(self) -> str:
        return language_name(self.language)

    @property
    def source_name(self) -> str:
        return language_name(self.source.language) if self.source else ""

    @property
    def number(self) -> int:
        """Of the version that counts; 0 for none."""
        return self.text.number if self.text else 0

    @property
    def words(self) -> dict[str, str]:
        """What the editor begins with."""
        begin = self.text or self.source
        return {"subject": begin.subject, "body": begin.body} if begin else {"subject": "", "body": ""}


def spot(template: Template, texts: Sequence[TemplateText], asked: Mapping[str, str]) -> Spot:
    """The place that an address asks for: ``medium``, ``language``, ``from`` (a language to begin with).

    Without them the template's own language, or the first place that has words. Raises Http404 for a medium
    or a language that there is not.
    """
    first = _first(template, texts)
    medium = asked.get("medium") or (first.medium if first else Medium.EMAIL.value)
    language = asked.get("language") or (first.language if first else template.language)
    if medium not in Medium.values or not is_language(language):
        raise Http404
    there = {(text.medium, text.language): text for text in texts}
    text = there.get((medium, language))
    source = None if text else _source(template, there, medium, language, asked.get("from", ""))
    return Spot(template, medium, language, text, source)


def _first(template: Template, texts: Sequence[TemplateText]) -> TemplateText | None:
    own = [text for text in texts if text.language == template.language]
    return next(iter([*own, *texts]), None)


def _source(
    template: Template, there: Mapping[tuple[str, str], TemplateText], medium: str, language: str, wanted: str
) -> TemplateText | None:
    """The language asked for, the same language in the other medium, the template's own, or any."""
    other = next(value for value in Medium.values if value != medium)
    order = [(medium, wanted), (other, language), (medium, template.language), (other, template.language)]
    return next((there[place] for place in order if place in there), next(iter(there.values()), None))
