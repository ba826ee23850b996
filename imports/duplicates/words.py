"""Why two records look alike, as people read it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from imports.duplicates.rules import Reason

WORDS = {
    Reason.NAME: _("same name"),
    Reason.NAME_ALIKE: _("similar name"),
    Reason.DOMAIN: _("same website or e-mail domain"),
    Reason.EMAIL: _("same e-mail"),
    Reason.PHONE: _("same phone number"),
    Reason.ADDRESS: _("same address"),
    Reason.CITY: _("same city"),
    Reason.PERSON: _("the same person works at both"),
    Reason.ELSEWHERE: _("another country"),
}


def reasons(codes: list[str]) -> str:
    """A sentence of them."""
    return ", ".join(str(WORDS[Reason(code)]) for code in codes)
