"""What files of accounts and files of people have in common: the columns of a contact, and its name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from imports.cells import split_name
from imports.errors import RefusedError

E164 = (
    "CASE WHEN s.{0} IS NULL THEN NULL WHEN s.{0}_e164 IS NULL AND s.{0} = {1} THEN {1}_e164 "
    "ELSE COALESCE(s.{0}_e164, '') END"
)
"""The dialled number that goes with a number as it is written: kept where that is the same."""

FOLDED = "tend_fold(COALESCE(s.contact_last_name, '') || ' ' || COALESCE(s.contact_first_name, ''))"
EXTRA: tuple[tuple[str, str], ...] = (("contact_phone_e164", "text"), ("contact_mobile_e164", "text"))
DERIVED: tuple[str, ...] = ("contact_first_name", "contact_last_name")
NAMED: dict[str, tuple[str, ...]] = {
    "first_name": ("contact.first_name", "contact.name"),
    "last_name": ("contact.last_name", "contact.name"),
}


def changing(names: Iterable[str]) -> dict[str, str]:
    """Columns of a contact that is here to what the file says."""
    return {name: f"s.contact_{name}" for name in names} | {
        "phone_e164": E164.format("contact_phone", "c.phone"),
        "mobile_e164": E164.format("contact_mobile", "c.mobile"),
    }


def new(names: Iterable[str], is_main: str) -> dict[str, str]:
    """Columns of a new contact. ``is_main``: SQL, true where its account has no main contact yet."""
    return {name: f"s.contact_{name}" for name in names} | {
        "phone_e164": "s.contact_phone_e164",
        "mobile_e164": "s.contact_mobile_e164",
        "account_id": "j.account_id",
        "is_main": f"{is_main} AND NOT EXISTS (SELECT FROM contacts_contact o "
        "WHERE o.account_id = j.account_id AND o.is_main AND o.left_on IS NULL)",
    }


def split_whole_name(values: dict[str, Any]) -> None:
    """First and last name from the whole one, where the file has no last name. Raises RefusedError."""
    whole = values.pop("contact_name", None)
    if whole and not values.get("contact_last_name"):
        first, values["contact_last_name"] = split_name(whole)
        values["contact_first_name"] = values.get("contact_first_name") or first or None
    if any(len(values.get(name) or "") > 80 for name in DERIVED):
        raise RefusedError(_("First and last name have at most 80 characters each."), "contact.name")
