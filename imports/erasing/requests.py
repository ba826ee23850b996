"""Wishes to be called, which people leave behind a survey: they name no contact."""

from __future__ import annotations

import re

from django.db.models import F, Func, Q, QuerySet, TextField, Value

from accounts.models import Account
from imports.erasing.registry import Person
from surveys.models import ContactRequest

DIGITS = 8
"""So many at the end of a number say whose it is, however it is written."""


def requests_of(person: Person) -> QuerySet[ContactRequest]:
    """Whoever left the same address or number is the same person, or the same name at the same company."""
    theirs = Q(pk__in=[])
    for one in person.reached:
        theirs |= Q(reach__icontains=one)
        digits = re.sub(r"\D", "", one)
        if "@" not in one and len(digits) >= DIGITS:
            theirs |= Q(digits__endswith=digits[-DIGITS:])
    companies = set(Account.objects.filter(contacts__in=person.contacts).values_list("name", flat=True))
    for name in person.names:
        for company in companies:
            theirs |= Q(name__iexact=name, company__iexact=company)
    digits_of = Func(
        F("reach"), Value(r"\D"), Value(""), Value("g"),
        function="regexp_replace", output_field=TextField(),
    )  # fmt: skip
    found: QuerySet[ContactRequest] = ContactRequest.objects.annotate(digits=digits_of).filter(theirs)
    return found
