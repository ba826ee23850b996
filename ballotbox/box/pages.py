"""Whole pages. All pages of one kind have one size, so that a network sees only which kind it was."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from ballotbox.box import languages

STATIC = Path(__file__).resolve().parent.parent / "static" / "box"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
SURVEY_BYTES = 65_536  # the longest questionnaire, with all that can be typed, stays below
OTHER_BYTES = 16_384


def page(
    template: str, context: Mapping[str, Any], *, status: int = 200, size: int = OTHER_BYTES
) -> HttpResponse:
    """A page in the language that is active, padded to (a multiple of) its size."""
    own = {"style": static_url("survey.css"), "script": static_url("survey.js")}
    text = render_to_string(f"box/{template}.html", own | dict(context)).strip()
    return HttpResponse(_padded(text.encode("utf-8", "replace"), size), status=status)


def plain(request: HttpRequest, kind: str, status: int) -> HttpResponse:
    """One of the pages that say the same to everybody whose browser asks for the same language."""
    content = _plain(kind, languages.of_browser(request))
    return HttpResponse(content, status=status, headers={"Vary": "Accept-Language"})


@cache
def _plain(kind: str, language: str) -> bytes:
    with languages.in_words(language):
        return bytes(page("plain", {"kind": kind, "own_language": language}).content)


def _padded(content: bytes, size: int) -> bytes:
    fill = -(len(content) + len(b"<!---->")) % size
    return content + b"<!--" + b" " * fill + b"-->"


def no_sooner(began: float, seconds: float, response: HttpResponse) -> HttpResponse:
    """The answer, but not before its time: how long something took says nothing about what it was."""
    time.sleep(max(0.0, began + seconds - time.monotonic()))
    return response


# -- Style and script ---------------------------------------------------------------------------------


@cache
def static_files() -> dict[str, bytes]:
    """The two files that pages load, read once."""
    return {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in TYPES}


@cache
def static_url(name: str) -> str:
    """The address of a file; another one for each content, so that browsers may keep it."""
    return f"/static/{name}?{hashlib.sha256(static_files()[name]).hexdigest()[:12]}"
