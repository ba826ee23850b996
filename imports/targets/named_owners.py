"""Owners as files write them: by a person's choice, by id or e-mail, else by name. Set-based.

A name that nobody here has, or that several have, costs no row: it is told, with the choice who is meant.
An id or an e-mail that nobody has refuses its row, as long as nobody has chosen.
"""
# ruff: noqa: S608 - names of columns come from the registry of fields, values are always parameters

from __future__ import annotations

import json
import re
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
ONE_WORD = "[^ \t\u00a0]*[0-9@][^ \t\u00a0]*"
"""An id or an e-mail: one word with a digit or an @. Python and PostgreSQL read it alike."""
CHOICES = f"""
    CREATE TEMP TABLE chosen_owners ON COMMIT DROP AS
    SELECT DISTINCT ON (c.said) c.said, tend_fold(c.said) AS folded, c.ref AS chosen, p.ref, p.id,
           (c.ref IS NULL OR {MAY_OWN}) IS TRUE AS fits
    FROM jsonb_each_text(%(people)s::jsonb) AS c (said, ref)
    LEFT JOIN ({staging.PEOPLE}) p ON p.ref IN (c.ref, lower(c.ref)) LEFT JOIN users_user u ON u.id = p.id
    ORDER BY c.said, p.ref <> c.ref
"""
"""Each choice with the id or e-mail of ours that it means: as it was typed, else in small letters."""
CONTRADICTING = """
    SELECT min(said), max(said) FROM chosen_owners
    GROUP BY folded HAVING count(DISTINCT COALESCE(id, 0)) > 1 ORDER BY 1 LIMIT 1
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
    SELECT s.said, folded, s.rows, s.line, s.said !~ %(one_word)s AS is_name, COALESCE(n.n, 0) AS n,
           CASE WHEN n.n = 1 THEN n.ref END AS ref
    FROM said s LEFT JOIN names n USING (folded)
    WHERE NOT EXISTS (SELECT FROM refs WHERE refs.ref = s.said)
"""
"""What the file says of owners that is no id or e-mail of somebody who may own accounts."""
STRANGERS = """
    SELECT (array_agg(said ORDER BY rows DESC, line))[1], sum(rows)::int AS of_all, max(n) > 1,
           bool_and(is_name)
    FROM named_owners WHERE ref IS NULL GROUP BY folded ORDER BY of_all DESC, min(line) LIMIT %s
"""
"""Those of them that are nobody here, each once however often its letters differ."""


def is_name(text: str) -> bool:
    """Whether this is meant as a name, and not as an id or an e-mail."""
    return re.fullmatch(ONE_WORD, text) is None


def settle(cursor: CursorWrapper, column: str, people: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """Put ids and e-mails of ours in place of names; returns who is not known, with the number of rows.

    ``people``: whom a person has chosen for a name (None: nobody). Raises BadMappingError where the chosen
    one may not own accounts, and where one name has got two.
    """
    cursor.execute("DROP TABLE IF EXISTS chosen_owners, named_owners")
    owning = list(OWNING_ROLES)
    if people:
        cursor.execute(CHOICES, {"people": json.dumps(people), "owning": owning})
        _check_choices(cursor)
        cursor.execute(
            f"UPDATE stage s SET {column} = c.ref "
            "FROM (SELECT folded, min(ref) AS ref FROM chosen_owners GROUP BY 1) c "
            f"WHERE tend_fold(s.{column}) = c.folded"
        )
    cursor.execute(NAMES.format(column=column), {"owning": owning, "one_word": f"^{ONE_WORD}$"})
    cursor.execute(
        f"UPDATE stage s SET {column} = n.ref FROM named_owners n "
        f"WHERE n.said = s.{column} AND (n.ref IS NOT NULL OR n.is_name)"
    )
    cursor.execute(STRANGERS, [OFFERED])
    return [
        {"name": said, "rows": rows, "several": several, "is_name": named}
        for said, rows, several, named in cursor.fetchall()
    ]


def _check_choices(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT chosen FROM chosen_owners WHERE NOT fits ORDER BY said LIMIT 1")
    if wrong := cursor.fetchone():
        text = _("“%s” is no active salesperson or manager. Choose somebody else as owner.")
        raise BadMappingError(text % str(wrong[0])[:60], "people")
    cursor.execute(CONTRADICTING)
    if both := cursor.fetchone():
        text = _("“%(one)s” and “%(other)s” are one name: choose the same person for both.")
        raise BadMappingError(text % {"one": both[0][:60], "other": both[1][:60]}, "people")


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
