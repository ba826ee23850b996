"""Which currency an amount says by itself: a sum in dollars must not become one in euros."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from core.currencies import is_currency
from imports.errors import RefusedError

SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "¥": ("JPY", "CNY"),
}
WRITTEN = re.compile(r"^[-+(\s]*([A-Z]{3}|[$€£¥])|([A-Z]{3}|[$€£¥])[-)\s]*$")


def currency_of(amount: str, usual: str) -> str:
    """The currency that stands with the amount; empty without one. Raises RefusedError for one nobody knows.

    ``usual``: which one a sign of several is where that may be.
    """
    match = WRITTEN.search(amount.strip())
    if not match:
        return ""
    sign = match[1] or match[2]
    if sign not in SIGNS:
        if not is_currency(sign):
            raise RefusedError(
                _("“%s” is no currency. Write its code, such as EUR.") % sign, "purchase.amount"
            )
        return sign
    if usual in SIGNS[sign]:
        return usual
    if len(SIGNS[sign]) > 1:
        words = _(
            "“%(sign)s” may be any of %(codes)s. Map a column of currencies, or set the option “currency”."
        )
        raise RefusedError(words % {"sign": sign, "codes": ", ".join(SIGNS[sign])}, "purchase.amount")
    return SIGNS[sign][0]
