"""In which language the box speaks: that of the questions, or what a browser asks for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf.locale import LANG_INFO
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from ballotbox.box import settings

ENGLISH = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@cache
def own_languages() -> frozenset[str]:
    """Languages in which the box's own words are there."""
    found = (
        path.parent.parent.name for folder in settings.LOCALE_PATHS for path in folder.glob("*/*/django.mo")
    )
    return frozenset({ENGLISH, *found})


def first_of(wanted: Iterable[str], there: Iterable[str]) -> str | None:
    """The first language, or its main language, that is there."""
    known = frozenset(there)
    for code in wanted:
        for each in (code, code.partition("-")[0]):
            if each in known:
                return each
    return None


def own(*wanted: str) -> str:
    """The first of them in which the box has words, else English."""
    return first_of(wanted, own_languages()) or ENGLISH


def of_browser(request: HttpRequest) -> str:
    """What the reader's browser asks for, as far as the box has words in it; English for all others."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200])
    return own(*(code for code, _weight in accepted))


def in_words(language: str) -> Any:
    """The box's own words in that language if they are there, else in English."""
    return translation.override(own(language))


def named(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Languages with the names they have for themselves."""
    return [(code, LANG_INFO.get(code, {}).get("name_local", code).capitalize()) for code in codes]


def direction(language: str) -> str:
    """How it is written."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
