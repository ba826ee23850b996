"""E-mail addresses in the one form in which they are stored and compared."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _


def normalised(address: str) -> str:
    """Lower case, without blanks around it. Raises ValidationError when it is no plain address."""
    plain = address.strip().lower()
    try:
        validate_email(plain)
    except ValidationError as error:
        raise ValidationError(
            _("%(address)s is not an e-mail address. Write it like name@example.com.")
            % {"address": address.strip()[:100] or "–"}
        ) from error
    return plain


def one_line(words: str, limit: int = 200) -> str:
    """Text for a header: one line without control characters, so that nobody smuggles a header in."""
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(printable.split())[:limit].rstrip()
