"""Words with their values: for one person, or for any number at once.

Nothing half is ever written. What lacks a value comes back empty with the names of what is missing; whoever
wants to show or finish it by hand says ``gaps=True`` and gets the placeholders as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from accounts.models import Account
from correspondence.models import TemplateText
from correspondence.placeholders import PLACEHOLDERS, Subject, values_for
from correspondence.words.filling import Source, fill, fill_line, is_blank, names_in
from correspondence.words.languages import base_of

AT_ONCE = 1_000  # rows of facts that are in memory at one time
SUBJECT_LETTERS = 200  # as many as a piece holds


@dataclass(frozen=True)
class Written:
    """Finished words. ``missing``: placeholders without a value here, in the order of the list; then
    ``subject`` and ``body`` are empty (or have gaps, where those were asked for).
    """

    subject: str
    body: str
    missing: tuple[str, ...] = ()
    text: TemplateText | None = None

    @property
    def is_complete(self) -> bool:
        return not self.missing


def write(text: TemplateText, subject: Subject, *, gaps: bool = False) -> Written:
    """The words of one version for one person. Eight queries."""
    return next(write_many([(text, subject)], gaps=gaps))


def write_many(jobs: Iterable[tuple[TemplateText, Subject]], *, gaps: bool = False) -> Iterator[Written]:
    """One :class:`Written` for each job, in their order, read and written 1,000 at a time.

    ``Subject.language`` counts for dates, sums and the salutation only where it is one with the words'
    language: an Italian who gets English words is greeted in English.
    """
    rest = iter(jobs)
    while batch := list(islice(rest, AT_ONCE)):
        subjects = [spoken(text, subject) for text, subject in batch]
        for (text, _subject), values in zip(batch, values_for(subjects), strict=True):
            yield filled(text, values, gaps=gaps)


def filled(text: TemplateText, values: Mapping[str, str], *, gaps: bool = False) -> Written:
    """The words with values that are known already."""
    asked = names_in(text.subject) | names_in(text.body)
    missing = tuple(sorted((name for name in asked if is_blank(values.get(name, ""))), key=_place))
    if missing and not gaps:
        return Written("", "", missing, text)
    known = {**values, **{name: Source("{{" + name + "}}") for name in missing}}
    return Written(
        fill_line(text.subject, known)[:SUBJECT_LETTERS], fill(text.body, known).strip(), missing, text
    )


def spoken(text: TemplateText, subject: Subject) -> Subject:
    """The subject in the language of the words."""
    same = base_of(subject.language) == base_of(text.language)
    return subject if same else replace(subject, language=text.language)


def unwritten(jobs: Sequence[tuple[TemplateText, Subject]], written: Sequence[Written]) -> list[str]:
    """For people: which accounts lack what, such as "Acme Machining: City of the account". One query."""
    lacking = [
        (subject.account_id, one)
        for (_text, subject), one in zip(jobs, written, strict=True)
        if not one.is_complete
    ]
    names = dict(
        Account.objects.filter(pk__in={pk for pk, _one in lacking}).order_by().values_list("pk", "name")
    )
    return [f"{names.get(pk, pk)}: {', '.join(in_words(one.missing))}" for pk, one in lacking]


def in_words(names: Iterable[str]) -> list[str]:
    """Placeholders as people read them, such as "City of the account"."""
    return [str(_LABELS.get(name, name)) for name in names]


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.get(name, len(_ORDER)), name)


_LABELS = {placeholder.name: placeholder.label for placeholder in PLACEHOLDERS}
_ORDER = {placeholder.name: place for place, placeholder in enumerate(PLACEHOLDERS)}
