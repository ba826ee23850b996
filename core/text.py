"""Text as people search and sort it: without case and accents."""

from __future__ import annotations

from django.db.models import CharField, Func, TextField


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
