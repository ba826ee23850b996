"""Which words to write with: the newest version in somebody's language, or in the nearest there is."""

from __future__ import annotations

from collections.abc import Iterable

from correspondence.models import Template, TemplateText
from correspondence.words.languages import base_of


def pick(what: Template | str, medium: str, language: str) -> TemplateText | None:
    """The words of a template, or of the templates of a use (``Use.THANK_YOU``), for one language.

    The exact language first, then its base (``de`` for ``de-AT``), then any of that base, then the language
    the template itself stands in with. Of several templates of a use the best fit, then the first by name.
    Retired templates are only found when they are asked for themselves. None when nobody has written it.
    """
    return pick_many(what, medium, [language])[language]


def pick_many(what: Template | str, medium: str, languages: Iterable[str]) -> dict[str, TemplateText | None]:
    """:func:`pick` for each of the languages, in one query: for mailings."""
    of = Template.objects.filter(pk=what.pk) if isinstance(what, Template) else Template.objects.of_use(what)
    texts = list(TemplateText.objects.current().filter(template__in=of, medium=medium).in_pick_order())
    return {language: _best(texts, language) for language in set(languages)}


def _best(texts: list[TemplateText], language: str) -> TemplateText | None:
    ranked = [(rank, text) for text in texts if (rank := _rank(text, language)) is not None]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None  # min keeps the first of equals


def _rank(text: TemplateText, language: str) -> int | None:
    """0 for the very language; None for words in a language that nobody asked for."""
    wanted, found = _plain(language), _plain(text.language)
    if found == wanted:
        return 0
    base = base_of(language)
    if base and base_of(found) == base:
        return 1 if found == base else 2
    return 3 if found == _plain(text.template.language) else None


def _plain(language: str) -> str:
    return language.replace("_", "-").lower()
