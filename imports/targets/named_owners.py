"""Owners as files write them: by a person's choice, by id or e-mail, else by name. Set-based.

A name that nobody here has, or that several have, costs no row: it is told, with the choice who is meant.
An id or an e-mail that nobody has refuses its row, as long as nobody has chosen.
"""
# ruff: noqa: S608 - names of columns come from the registry of fields, values are always parameters

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from imports import staging
from imports.errors import BadMappingError
from users.querysets import OWNING_ROLES

OFFERED = 50
"""Names for which the page offers a choice, the most frequent first."""

MAY_OWN = "(u.is_active AND u.roles && %(owning)s::varchar(12)[])"
CHOICES = f"""
    CREATE TEMP TABLE chosen_owners ON COMMIT DROP AS
    SELECT tend_fold(c.said) AS said, c.ref, bool_or({MAY_OWN}) AS may_own
    FROM jsonb_each_text(%(people)s::jsonb) AS c (said, ref)
    LEFT JOIN ({staging.PEOPLE}) p ON p.ref IN (c.ref, lower(c.ref)) LEFT JOIN users_user u ON u.id = p.id
    GROUP BY 1, 2
"""
NAMES = f"""
    CREATE TEMP TABLE named_owners ON COMMIT DROP AS
    WITH said AS (
        SELECT {{column}} AS said, tend_fold({{column}}) AS folded, count(*) AS rows, min(row) AS line
        FROM stage WHERE NOT bad AND {{column}} IS NOT NULL GROUP BY 1),
    refs AS (SELECT p.ref FROM ({staging.PEOPLE}) p JOIN users_user u USING (id) WHERE {MAY_OWN}),
    names AS (
        SELECT tend_fold(u.display_name) AS folded, count(*) AS n,
               min(COALESCE(u.external_id, u.email)) AS ref
        FROM users_user u WHERE {MAY_OWN} GROUP BY 1)
    SELECT s.said, s.rows, s.line, s.said !~ '^\\S*[0-9@]\\S*$' AS is_name, COALESCE(n.n, 0) AS n,
           CASE WHEN n.n = 1 THEN n.ref END AS ref
    FROM said s LEFT JOIN names n USING (folded)
    WHERE NOT EXISTS (SELECT FROM refs WHERE refs.ref = s.said)
"""
"""What the file says of owners that is no id or e-mail of somebody who may own accounts."""


def settle(cursor: CursorWrapper, column: str, people: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Put ids and e-mails of ours in place of names; returns who is not known, with the number of rows.

    ``people``: whom a person has chosen for a name (None: nobody). Raises BadMappingError where the chosen
    one may not own accounts.
    """
    cursor.execute("DROP TABLE IF EXISTS chosen_owners, named_owners")
    owning = list(OWNING_ROLES)
    if people:
        cursor.execute(CHOICES, {"people": json.dumps(people), "owning": owning})
        cursor.execute("SELECT ref FROM chosen_owners WHERE ref IS NOT NULL AND may_own IS NOT TRUE LIMIT 1")
        if wrong := cursor.fetchone():
            text = _("“%s” is no active salesperson or manager. Choose somebody else as owner.")
            raise BadMappingError(text % str(wrong[0])[:60], "people")
        cursor.execute(
            f"UPDATE stage s SET {column} = c.ref FROM chosen_owners c WHERE tend_fold(s.{column}) = c.said"
        )
    cursor.execute(NAMES.format(column=column), {"owning": owning})
    cursor.execute(
        f"UPDATE stage s SET {column} = n.ref FROM named_owners n "
        f"WHERE n.said = s.{column} AND (n.ref IS NOT NULL OR n.is_name)"
    )
    cursor.execute(
        "SELECT said, rows, n, is_name FROM named_owners WHERE ref IS NULL ORDER BY rows DESC, line LIMIT %s",
        [OFFERED],
    )
    return [
        {"name": said, "rows": rows, "several": n > 1, "is_name": is_name}
        for said, rows, n, is_name in cursor.fetchall()
    ]


def notes(strangers: list[dict[str, Any]]) -> list[str]:
    """What is said of names that nobody here has, and of those that several have."""
    told = []
    for several, say in ((False, _nobodys), (True, _of_several)):
        found = [one for one in strangers if one["is_name"] and one["several"] is several]
        if found:
            names = ", ".join(one["name"][:40] for one in found[:5])
            told.append(say(sum(one["rows"] for one in found), names))
    return told


def _nobodys(rows: int, names: str) -> str:
    text = ngettext(
        "%(n)d row names an owner who is no salesperson or manager here (%(names)s): it comes in as a row "
        "without owner. Choose among the options who is meant.",
        "%(n)d rows name owners who are no salespeople or managers here (%(names)s): they come in as rows "
        "without owner. Choose among the options who is meant.",
        rows,
    )
    return text % {"n": rows, "names": names}


def _of_several(rows: int, names: str) -> str:
    text = ngettext(
        "%(n)d row names an owner as several people here are called (%(names)s): it comes in as a row "
        "without owner. Choose among the options who is meant.",
        "%(n)d rows name owners as several people here are called (%(names)s): they come in as rows "
        "without owner. Choose among the options who is meant.",
        rows,
    )
    return text % {"n": rows, "names": names}
