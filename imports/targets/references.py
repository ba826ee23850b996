"""How files name records: accounts, their people and users, by id, name or e-mail. Set-based.

Each table holds the one record that is meant (``id``), or how many it could be (``n``) and which (``names``).
"""
# ruff: noqa: S608 - names of columns come from the registry of fields, values are always parameters

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from imports import staging
from imports.errors import BadMappingError
from users.querysets import OWNING_ROLES

SUGGESTED = 100  # names that are there under none of theirs; for so many the nearest one is looked up
ALIKE = "0.6"  # "mullre" is no "muller" below it

ACCOUNTS = """
    CREATE TEMP TABLE account_refs ON COMMIT DROP AS
    WITH wanted AS (
        SELECT DISTINCT {column} AS ref, tend_fold({column}) AS folded
        FROM stage WHERE NOT bad AND {column} IS NOT NULL),
    found AS (
        SELECT w.ref, a.id, 1 AS rank FROM wanted w JOIN accounts_account a ON a.external_id = w.ref
        UNION ALL
        SELECT w.ref, a.id, 2 FROM wanted w JOIN accounts_account a ON a.name_folded = w.folded
        UNION ALL
        SELECT w.ref, a.id, 3 FROM wanted w JOIN accounts_account a
        ON lower(a.email) = lower(w.ref) WHERE a.email <> ''),
    best AS (SELECT *, min(rank) OVER (PARTITION BY ref) AS top FROM found)
    SELECT w.ref, count(b.id) AS n, CASE WHEN count(b.id) = 1 THEN min(b.id) END AS id,
           string_agg(a.name || COALESCE(' (' || COALESCE(a.external_id, NULLIF(a.city, '')) || ')', ''), ', '
                      ORDER BY a.id) AS names,
           NULL::text AS near
    FROM wanted w LEFT JOIN best b ON b.ref = w.ref AND b.rank = b.top
    LEFT JOIN accounts_account a ON a.id = b.id
    GROUP BY w.ref
"""
NEAR = """
    UPDATE account_refs r SET near = (
        SELECT a.name FROM accounts_account a WHERE tend_fold(r.ref) <%% a.search_folded
        ORDER BY similarity(tend_fold(r.ref), a.name_folded) DESC, a.id LIMIT 1)
    WHERE r.ref IN (SELECT ref FROM account_refs WHERE n = 0 ORDER BY ref LIMIT %s)
"""
PEOPLE = """
    CREATE TEMP TABLE contact_refs ON COMMIT DROP AS
    WITH asked AS (
        SELECT s.row, s.{column} AS ref, tend_fold(replace(s.{column}, ',', '')) AS folded,
               s.{account} IS NULL AS anywhere, a.id AS account_id
        FROM stage s LEFT JOIN account_refs a ON a.ref = s.{account}
        WHERE NOT s.bad AND s.{column} IS NOT NULL),
    found AS (
        SELECT q.row, c.id, 1 AS rank FROM asked q JOIN contacts_contact c ON c.external_id = q.ref
        WHERE q.anywhere OR c.account_id = q.account_id
        UNION ALL
        SELECT q.row, c.id, 2 FROM asked q JOIN contacts_contact c ON lower(c.email) = lower(q.ref)
        WHERE c.email <> '' AND (q.anywhere OR c.account_id = q.account_id)
        UNION ALL
        SELECT q.row, c.id, 3 FROM asked q JOIN contacts_contact c ON c.account_id = q.account_id
        WHERE q.folded IN (c.name_folded, tend_fold(btrim(c.first_name || ' ' || c.last_name)))),
    ranked AS (
        SELECT f.row, f.id, c.account_id, btrim(c.first_name || ' ' || c.last_name) AS name,
               rank() OVER (PARTITION BY f.row ORDER BY f.rank, c.left_on IS NOT NULL) AS place
        FROM found f JOIN contacts_contact c USING (id))
    SELECT row, count(*) AS n, CASE WHEN count(*) = 1 THEN min(id) END AS id, min(account_id) AS account_id,
           string_agg(name, ', ' ORDER BY id) AS names
    FROM ranked WHERE place = 1 GROUP BY row
"""
USERS = """
    CREATE TEMP TABLE user_refs ON COMMIT DROP AS
    WITH wanted AS (
        SELECT DISTINCT ref, tend_fold(ref) AS folded FROM ({refs}) AS every (ref) WHERE ref IS NOT NULL),
    found AS (
        SELECT w.ref, u.id, 1 AS rank FROM wanted w JOIN users_user u ON u.external_id = w.ref
        UNION ALL
        SELECT w.ref, u.id, 2 FROM wanted w JOIN users_user u ON u.email = lower(w.ref)
        UNION ALL
        SELECT w.ref, u.id, 3 FROM wanted w JOIN users_user u ON tend_fold(u.display_name) = w.folded),
    best AS (SELECT *, min(rank) OVER (PARTITION BY ref) AS top FROM found)
    SELECT ref, min(id) AS id FROM best WHERE rank = top GROUP BY ref HAVING count(*) = 1
"""


def find(cursor: CursorWrapper, *, account: str, contact: str = "", users: Sequence[str] = ()) -> None:
    """Make ``account_refs``, ``contact_refs`` and ``user_refs`` for these columns of the stage."""
    cursor.execute("DROP TABLE IF EXISTS account_refs, contact_refs, user_refs")
    cursor.execute(ACCOUNTS.format(column=account))
    cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [ALIKE])
    cursor.execute(NEAR, [SUGGESTED])
    if contact:
        cursor.execute(PEOPLE.format(column=contact, account=account))
    if users:
        refs = " UNION ALL ".join(f"SELECT {column} FROM stage WHERE NOT bad" for column in users)
        cursor.execute(USERS.format(refs=refs))


def no_account(field: str, column: str) -> list[tuple[str, str, str]]:
    """Faults of a row whose account is not there, or could be several; the query joins ``account_refs a``."""
    named = f"s.{column} IS NOT NULL"
    return [
        (f"{named} AND a.n > 1", field, f"format(%(accounts_alike)s, s.{column}, left(a.names, 150))"),
        (f"{named} AND a.n = 0 AND a.near IS NOT NULL", field,
         f"format(%(account_near)s, s.{column}, left(a.near, 80))"),
        (f"{named} AND a.n = 0", field, f"format(%(account_missing)s, s.{column})"),
    ]  # fmt: skip


def words() -> dict[str, str]:
    return {
        "accounts_alike": _("“%s” may be several accounts: %s. Name it by its id."),
        "account_near": _("No account is called “%s”. Did you mean “%s”? Correct it, or import it first."),
        "account_missing": _("No account has the id, name or e-mail “%s”. Import accounts first."),
        "contacts_alike": _("“%s” may be several people: %s. Name them by id or e-mail."),
    }


def default_user(cursor: CursorWrapper, name: str, *, owns: bool = False) -> int | None:
    """The user of the option ``default_owner``, who ``owns`` accounts. Raises BadMappingError for nobody."""
    if not name:
        return None
    cursor.execute(
        f"SELECT u.id FROM ({staging.PEOPLE}) p JOIN users_user u USING (id) "
        "WHERE p.ref IN (%s, %s) AND u.is_active AND (NOT %s OR u.roles && %s::varchar(12)[])",
        [name, name.lower(), owns, list(OWNING_ROLES)],
    )
    found = cursor.fetchone()
    if found is None:
        text = _("“%s” is no active user. Give a user id or an e-mail.")
        if owns:
            text = _(
                "The default owner “%s” is no active salesperson or manager. Give a user id or an e-mail."
            )
        raise BadMappingError(text % name[:60], "default_owner")
    return int(found[0])
