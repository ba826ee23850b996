"""Text as people search and sort it: without case and accents."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import CharField, Func, TextField

LONGEST_NUMBER = 18  # digits that a bigint surely holds


def whole_number(text: str) -> int | None:
    """The number that a part of an address names; None for everything else, also for "²" and "٣"."""
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


def from_json(value: Any) -> Any:
    """What a statement written by hand got as jsonb: psycopg2 hands it out as text."""
    return json.loads(value) if isinstance(value, str) else value


class Fold(Func):
    """``tend_fold(text)``: lower case, no accents; immutable, so that it can be indexed.

    The database's collation is never relied on: embedded PostgreSQL has no ICU and would sort
    umlauts behind z.
    """

    function = "tend_fold"
    output_field = TextField()


class Digits(Func):
    """``tend_digits(text)``: only the digits, so that a phone number is found as people type it."""

    function = "tend_digits"
    output_field = CharField()
