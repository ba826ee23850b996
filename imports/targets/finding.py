"""Which account a row of a customer file is about: by its id, or by name and country, e-mail or phone."""
# ruff: noqa: S608 - put together of the pieces below

from __future__ import annotations

from imports.policy import EMAIL, EXTERNAL_ID, NAME_COUNTRY, PHONE

# Rows of a file are told apart by the folds by which accounts are found, and by none in Python.
_NAMES = """
    SELECT row, tend_fold(name) AS name, regexp_replace(tend_fold(name), '\\s+', ' ', 'g') AS plain, country
    FROM (SELECT row, split_part(key, chr(31), 1) AS name, split_part(key, chr(31), 2) AS country
          FROM stage WHERE key IS NOT NULL) AS said
"""
_MAILS = """
    SELECT row, account_email AS mail FROM stage WHERE account_email IS NOT NULL
    UNION SELECT row, contact_email FROM stage WHERE contact_email IS NOT NULL
    UNION SELECT row, lower(key) FROM stage WHERE key IS NOT NULL
"""
_WAYS = {
    # without a country it may be any account of that name
    NAME_COUNTRY: f"""
        SELECT row, country, CASE WHEN bool_or(country = '') OVER (PARTITION BY plain) THEN plain
               ELSE plain || chr(31) || country END AS way FROM ({_NAMES}) AS names""",
    EMAIL: f"SELECT row, '' AS country, mail AS way FROM ({_MAILS}) AS mails",
    PHONE: "SELECT row, '' AS country, key AS way FROM stage WHERE key IS NOT NULL",
}
_BY_NAME = f"""
    SELECT s.row, a.id FROM ({_NAMES}) AS n JOIN stage s USING (row)
    CROSS JOIN LATERAL unnest(ARRAY[n.name, NULLIF(n.plain, n.name)]) AS said (name)
    JOIN accounts_account a ON a.name_folded = said.name
    WHERE NOT s.bad AND (s.account_country IS NULL OR a.country IN ('', s.account_country))
"""
_BY_EMAIL = f"""
    SELECT said.row, held.id FROM ({_MAILS}) AS said JOIN stage s ON s.row = said.row AND NOT s.bad
    JOIN (
        SELECT lower(email) AS mail, id FROM accounts_account WHERE email <> ''
        UNION SELECT lower(email), account_id FROM contacts_contact WHERE email <> '' AND left_on IS NULL
    ) AS held USING (mail)
"""
_BY_PHONE = """
    SELECT said.row, held.id FROM (
        SELECT row, account_phone_e164 AS phone FROM stage WHERE NOT bad
    ) AS said JOIN (
        SELECT phone_e164 AS phone, id FROM accounts_account WHERE phone_e164 <> ''
        UNION SELECT phone_e164, account_id FROM contacts_contact WHERE phone_e164 <> '' AND left_on IS NULL
    ) AS held USING (phone)
"""
_PAIRS = {NAME_COUNTRY: _BY_NAME, EMAIL: _BY_EMAIL, PHONE: _BY_PHONE}

_MET = """
    ways AS ({ways}),
    groups AS (
        SELECT way, array_to_string((array_agg(DISTINCT row))[1:5], ', ') AS lines,
               count(DISTINCT country) > 1 AS mixed
        FROM ways GROUP BY way HAVING count(DISTINCT row) > 1),
    alike AS (
        SELECT DISTINCT ON (row) row, lines, mixed FROM ways JOIN groups USING (way) ORDER BY row, lines),
    fits AS (SELECT DISTINCT row, id FROM ({pairs}) AS pairs),
    met AS (
        SELECT f.row, min(f.id) AS id, count(*) AS n,
               array_to_string((array_agg(a.name || ' (' || concat_ws(', ', NULLIF(a.city, ''),
                   COALESCE('id ' || a.external_id, 'no. ' || a.id)) || ')' ORDER BY a.id))[1:3], '; ')
                   AS names
        FROM fits f JOIN accounts_account a USING (id) GROUP BY f.row),
    shared AS (
        SELECT id, array_to_string((array_agg(row ORDER BY row))[1:5], ', ') AS lines
        FROM met WHERE n = 1 GROUP BY id HAVING count(*) > 1),
    numbers AS (SELECT account_external_id AS number, count(*) AS n FROM stage WHERE NOT bad GROUP BY 1),
"""
_JOINS = """
    LEFT JOIN alike ON alike.row = s.row
    LEFT JOIN met ON met.row = s.row
    LEFT JOIN shared ON shared.id = met.id
    LEFT JOIN numbers ON numbers.number = s.account_external_id
    LEFT JOIN accounts_account h ON h.external_id = s.account_external_id
    LEFT JOIN accounts_account a ON a.id = met.id
"""
_CALLED = "COALESCE(s.account_name, a.name, s.key)"
_FAULTS = [
    ("alike.mixed", "'{field}'", f"format(%(same_name)s, alike.lines, {_CALLED})"),
    ("alike.row IS NOT NULL", "'{field}'", f"format(%(same)s, alike.lines, {_CALLED})"),
    ("met.n > 1", "'{field}'", "format(%(several)s, met.n, met.names)"),
    ("shared.id IS NOT NULL", "'{field}'", "format(%(same)s, shared.lines, a.name)"),
    ("numbers.n > 1", "'account.external_id'", "format(%(number_twice)s, s.account_external_id)"),
    (
        "h.id IS DISTINCT FROM a.id AND h.id IS NOT NULL",
        "'account.external_id'",
        "format(%(number_taken)s, s.account_external_id, h.name)",
    ),
]
FIELD = {NAME_COUNTRY: "account.name", EMAIL: "account.email", PHONE: "account.phone"}


_BY_NUMBER = """
    LEFT JOIN accounts_account a ON a.external_id = s.key
    LEFT JOIN (
        SELECT loser_external_id AS number, max(survivor_name) AS name FROM imports_merge
        WHERE kind = 'account' AND undone_at IS NULL AND loser_external_id <> '' GROUP BY 1
    ) gone ON gone.number = s.key AND a.id IS NULL
"""
_MERGED = ("gone.number IS NOT NULL", "'account.external_id'", "format(%(merged)s, s.key, gone.name)")


def is_by_number(match: str) -> bool:
    return match in ("", EXTERNAL_ID)


def tables(match: str) -> str:
    """Common tables of the judgement, before its own."""
    return "" if is_by_number(match) else _MET.format(ways=_WAYS[match], pairs=_PAIRS[match])


def joins(match: str) -> str:
    """From the stage ``s`` to the account ``a``."""
    return _BY_NUMBER if is_by_number(match) else _JOINS


def faults(match: str) -> list[tuple[str, str, str]]:
    if is_by_number(match):
        return [_MERGED]
    return [(when, field.format(field=FIELD[match]), words) for when, field, words in _FAULTS]


def key(match: str, values: dict[str, object]) -> str | None:
    """What tells the account of a row; the fold of names is left to the database."""
    if match == NAME_COUNTRY:
        name = str(values.get("account_name") or "").replace("\x1f", " ").strip()
        return f"{name}\x1f{values.get('account_country') or ''}" if name else None
    name = {EMAIL: "account_email", PHONE: "account_phone_e164"}.get(match, "account_external_id")
    found = values.get(name) or (values.get("contact_email") if match == EMAIL else None)
    return None if found is None else str(found)
