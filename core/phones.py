"""Phone numbers: kept as people wrote them, plus E.164 where the country makes it certain. Pure."""

from __future__ import annotations

import re

import phonenumbers


def e164(written: str, country: str) -> str:
    """``+4722123456`` for "22 12 34 56" in Norway; empty where it is no possible number there.

    ``country`` is an ISO 3166-1 code, or empty: then only numbers written with + or 00 are certain.
    """
    text = (written or "").strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    if not text or (not country and not text.startswith("+")):
        return ""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def tel_uri(written: str, known: str = "") -> str:
    """What a tap on the number dials; empty where nothing in it can be dialled."""
    if known:
        return f"tel:{known}"
    main = re.split(r"(?i)\s*(?:ext\.?|x|;)\s*\d+\s*$", written or "", maxsplit=1)[0]
    dialled = re.sub(r"(?!^\+)[^0-9]", "", main.strip())
    return f"tel:{dialled}" if len(dialled) >= 3 else ""


def digits(text: str) -> str:
    """Only the digits of a search term: how phone numbers are found."""
    return re.sub(r"[^0-9]", "", text or "")
