"""Currency codes of ISO 4217. Pure."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    from babel.core import get_global  # noqa: PLC0415 - loaded by the first form that checks one

    return frozenset(get_global("all_currencies"))


def is_currency(code: str) -> bool:
    """Whether this is a currency code, in capitals."""
    return bool(re.fullmatch(r"[A-Z]{3}", code or "")) and code in _known()
