"""Wishes to be called, which people leave behind a survey: they name no contact."""

from __future__ import annotations

import re

from django.db.models import F, Func, Q, QuerySet, TextField, Value

from imports.erasing import in_bin
from imports.erasing.registry import Person
from surveys.models import ContactRequest

DIGITS = 8
"""So many at the end of a number say whose it is, however it is written."""


def requests_of(person: Person) -> QuerySet[ContactRequest]:
    """Whoever left the same address or number is the same person, or the same name at the same company.

    An address or number that a colleague has, too, says so only together with the name.
    """
    nobody = Q(pk__in=[])
    theirs, called, there = nobody, nobody, nobody
    for name in person.names:
        called |= Q(name__iexact=name)
    for company in in_bin.account_names(person.accounts):
        there |= Q(company__iexact=company)
    for one in person.reached:
        theirs |= _left(one) & called if one in person.shared else _left(one)
    digits_of = Func(
        F("reach"), Value(r"\D"), Value(""), Value("g"),
        function="regexp_replace", output_field=TextField(),
    )  # fmt: skip
    found: QuerySet[ContactRequest] = ContactRequest.objects.annotate(digits=digits_of)
    return found.filter(theirs | called & there)


def _left(reached: str) -> Q:
    """Left by somebody who is reached like this."""
    digits = re.sub(r"\D", "", reached)
    if "@" in reached or len(digits) < DIGITS:
        return Q(reach__icontains=reached)
    return Q(reach__icontains=reached) | Q(digits__endswith=digits[-DIGITS:])
