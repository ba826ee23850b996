"""``{{next_contact}}``: when we talk next, in the words of the letter's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel.dates import format_time

from cadences.models import Touchpoint
from correspondence.placeholders import Subject, day
from correspondence.words.languages import base_of, locale_of
from users.clock import company_today, zone

TALKS = (Touchpoint.Kind.CALL, Touchpoint.Kind.MEETING, Touchpoint.Kind.VIDEO)
"""What is announced; that a gift or a survey comes is not."""

WORDS = {
    "da": ("Opkald den {day}", "Møde den {day}", "Videomøde den {day}", "{day} kl. {time}"),
    "de": ("Anruf am {day}", "Treffen am {day}", "Videogespräch am {day}", "{day} um {time} Uhr"),
    "en": ("Call on {day}", "Meeting on {day}", "Video call on {day}", "{day} at {time}"),
    "es": (
        "Llamada el {day}", "Reunión el {day}", "Videollamada el {day}", "{day} a las {time}",
    ),
    "fi": ("Puhelu {day}", "Tapaaminen {day}", "Videopuhelu {day}", "{day} klo {time}"),
    "fr": ("Appel le {day}", "Rencontre le {day}", "Visioconférence le {day}", "{day} à {time}"),
    "it": ("Telefonata il {day}", "Incontro il {day}", "Videochiamata il {day}", "{day} alle {time}"),
    "nb": ("Telefonsamtale {day}", "Møte {day}", "Videomøte {day}", "{day} kl. {time}"),
    "nl": ("Telefoongesprek op {day}", "Afspraak op {day}", "Videogesprek op {day}", "{day} om {time} uur"),
    "pl": ("Rozmowa telefoniczna {day}", "Spotkanie {day}", "Rozmowa wideo {day}", "{day} o {time}"),
    "pt": ("Chamada em {day}", "Reunião em {day}", "Videochamada em {day}", "{day} às {time}"),
    "sv": ("Samtal den {day}", "Möte den {day}", "Videomöte den {day}", "{day} kl. {time}"),
}  # fmt: skip


def values(subjects: Sequence[Subject]) -> list[Mapping[str, str]]:
    """The next open talk of each account from today on; one query for any number."""
    rows = Touchpoint.objects.open().filter(
        account__in={subject.account_id for subject in subjects}, kind__in=TALKS, due_on__gte=company_today()
    )
    first = rows.order_by("account", "due_on", "pk").distinct("account").select_related("account", "assignee")
    found = {row.account_id: row for row in first}
    return [_said(found.get(subject.account_id), subject.language) for subject in subjects]


def _said(touchpoint: Touchpoint | None, language: str) -> dict[str, str]:
    if touchpoint is None:
        return {}
    *kinds, with_time = WORDS.get(base_of(language), WORDS["en"])
    on = day(touchpoint.due_on, language)
    if touchpoint.due_at is not None:
        ours = touchpoint.assignee.time_zone if touchpoint.assignee else ""
        there = zone(touchpoint.account.time_zone or ours)
        time = format_time(touchpoint.due_at, "short", tzinfo=there, locale=locale_of(language))
        on = with_time.format(day=on, time=time)
    return {"next_contact": kinds[TALKS.index(Touchpoint.Kind(touchpoint.kind))].format(day=on)}
