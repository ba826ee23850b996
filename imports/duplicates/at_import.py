"""What a check of a file says of new accounts that are probably there already."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from imports.duplicates.likely import likely_of
from imports.duplicates.rules import Facts

MOST_ROWS = 10_000
"""So many new rows of one file are looked at: the note names a few of them all the same."""

NAMED = 5
_NEW = """
    SELECT s.row, s.account_name, s.account_country, s.account_city, s.account_postal_code, s.account_street,
        s.account_phone, s.account_email, s.account_website
    FROM stage s JOIN judged j USING (row)
    WHERE j.status = 'new' AND s.account_name IS NOT NULL ORDER BY s.row LIMIT %s
"""


def notes(cursor: CursorWrapper, kind: str) -> list[str]:
    """In words; nothing where no row would make an account that looks like another one."""
    if kind != "accounts":
        return []
    cursor.execute(_NEW, [MOST_ROWS])
    rows = {number: _facts(*cells) for number, *cells in cursor.fetchall()}
    found = likely_of(rows) if rows and Account.objects.exists() else {}
    if not found:
        return []
    names = dict(
        Account.objects.filter(pk__in={pk for pk, _likeness in found.values()}).values_list("pk", "name")
    )
    pairs = [
        _("line %(line)d “%(new)s” like “%(old)s”")
        % {"line": number, "new": rows[number].name, "old": names.get(pk, "")}
        for number, (pk, _likeness) in sorted(found.items())[:NAMED]
    ]
    words = ngettext(
        "%(n)d new account looks like one that is here: %(pairs)s. Choose by what rows find their account,"
        " or merge them afterwards.",
        "%(n)d new accounts look like some that are here: %(pairs)s. Choose by what rows find their account,"
        " or merge them afterwards.",
        len(found),
    )
    more = ["…"] if len(found) > NAMED else []
    return [words % {"n": len(found), "pairs": ", ".join(pairs + more)}]


def _facts(name: str, *cells: str | None) -> Facts:
    country, city, postal_code, street, phone, email, website = (cell or "" for cell in cells)
    return Facts(name, country, city, postal_code, street, (phone,) if phone else (), email, website)
