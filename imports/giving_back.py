"""What files have brought in, as files that can be brought in again: the same columns, the same rows.

The columns are called like the fields, so that nobody has to choose; an import of the file changes nothing.
What people have noted on pages has no id of another system and stays out: it would come in a second time.
"""
# ruff: noqa: S608 - names of columns are those below

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction

from core.spreadsheets import csv_lines
from imports.reading import guarded

_WHOSE = "COALESCE(a.external_id, a.name)"
_PERSON = "COALESCE(c.external_id, NULLIF(c.email, ''), btrim(c.first_name || ' ' || c.last_name))"
_USER = "COALESCE({0}.external_id, {0}.email, {0}.display_name)"

_ACCOUNT = "street city region postal_code country phone fax email website industry employees yearly_revenue"
_TALK = "external_id happened_on kind direction outcome summary sentiment"
_CONTACT = "external_id first_name last_name job_title department email phone mobile"


def _columns(prefix: str, alias: str, names: str) -> str:
    return ", ".join(f'{alias}.{name} AS "{prefix}.{name}"' for name in names.split())


QUERIES: dict[str, str] = {
    "users": f"""
        SELECT {_columns("user", "u", "external_id email display_name job_title department language")}
        FROM users_user u ORDER BY u.id""",
    "accounts": f"""
        SELECT a.external_id AS "account.external_id", a.name AS "account.name",
               {_columns("account", "a", _ACCOUNT)}, a.network_value AS "account.network_value",
               a.language AS "account.language", a.about AS "account.about",
               CASE WHEN o.is_active THEN COALESCE(o.external_id, o.email) END AS "account.owner",
               {_columns("contact", "c", _CONTACT)}
        FROM accounts_account a
        LEFT JOIN users_user o ON o.id = a.owner_id
        LEFT JOIN contacts_contact c ON c.account_id = a.id AND c.is_main AND c.left_on IS NULL
        ORDER BY a.id""",
    "contacts": f"""
        SELECT {_WHOSE} AS "contact.account", {_columns("contact", "c", f"{_CONTACT} language about")}
        FROM contacts_contact c JOIN accounts_account a ON a.id = c.account_id
        WHERE c.left_on IS NULL ORDER BY c.id""",
    "purchases": f"""
        SELECT a.external_id AS "purchase.account", {_USER.format("u")} AS "purchase.sold_by",
               {_PERSON} AS "purchase.buyer", p.amount AS "purchase.amount",
               CASE WHEN p.amount < 0 THEN 'yes' END AS "purchase.credit_note",
               {_columns("purchase", "p", "external_id purchased_on currency about")}
        FROM sales_purchase p JOIN accounts_account a ON a.id = p.account_id
        LEFT JOIN users_user u ON u.id = p.sold_by_id
        LEFT JOIN contacts_contact c ON c.id = p.buyer_id
        WHERE p.external_id IS NOT NULL ORDER BY p.id""",
    "purchase_lines": f"""
        SELECT p.external_id AS "line.purchase",
               CASE WHEN l.quantity < 0 THEN 'yes' END AS "line.credit_note",
               {_columns("line", "l", "line_key product unit_price quantity discount")}
        FROM sales_purchaseline l JOIN sales_purchase p ON p.id = l.purchase_id
        WHERE p.external_id IS NOT NULL ORDER BY l.id""",
    "interactions": f"""
        SELECT {_WHOSE} AS "interaction.account", {_PERSON} AS "interaction.contact",
               {_USER.format("u")} AS "interaction.user",
               {_columns("interaction", "i", _TALK)}
        FROM contacts_interaction i JOIN accounts_account a ON a.id = i.account_id
        LEFT JOIN contacts_contact c ON c.id = i.contact_id
        LEFT JOIN users_user u ON u.id = i.user_id
        WHERE i.external_id NOT LIKE 'last-contact %%' AND i.withdrawn_at IS NULL ORDER BY i.id""",
    "concerns": f"""
        SELECT {_WHOSE} AS "concern.account", {_PERSON} AS "concern.contact",
               {_USER.format("u")} AS "concern.user", {_USER.format("o")} AS "concern.owner",
               CASE WHEN i.resolved_on IS NULL THEN 'open' ELSE 'resolved' END AS "concern.state",
               {_columns("concern", "i", "external_id what severity opened_on due_on resolved_on resolution")}
        FROM contacts_concern i JOIN accounts_account a ON a.id = i.account_id
        LEFT JOIN contacts_contact c ON c.id = i.contact_id
        LEFT JOIN users_user u ON u.id = i.raised_by_id
        LEFT JOIN users_user o ON o.id = i.owner_id
        WHERE i.external_id IS NOT NULL ORDER BY i.id""",
    "commitments": f"""
        SELECT {_WHOSE} AS "commitment.account", {_PERSON} AS "commitment.contact",
               {_USER.format("u")} AS "commitment.user",
               CASE WHEN i.by_us THEN 'us' ELSE 'them' END AS "commitment.by_us",
               {_columns("commitment", "i", "external_id what due_on channel state closed_on")}
        FROM contacts_commitment i JOIN accounts_account a ON a.id = i.account_id
        LEFT JOIN contacts_contact c ON c.id = i.contact_id
        LEFT JOIN users_user u ON u.id = i.user_id
        WHERE i.external_id IS NOT NULL ORDER BY i.id""",
}  # fmt: skip


def lines(kind: str) -> Iterator[str]:
    """The file, line by line, in bounded memory; no cell is a live formula."""
    return csv_lines(_rows(kind))


def _rows(kind: str) -> Iterator[Iterable[str]]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(QUERIES[kind], [])
        rows = iter(cursor)
        first = next(rows, None)
        yield [column.name for column in cursor.description or ()]
        if first is not None:
            yield map(_cell, first)
        for row in rows:
            yield map(_cell, row)


def _cell(value: Any) -> str:
    return "" if value is None else guarded(str(value))
