"""What the rules are told of stored records: read set-based, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Account
from contacts.models import Contact
from imports.duplicates import rules
from imports.duplicates.rules import Facts, Likeness
from imports.models import AccountPair, ContactPair

AT_ONCE = 5_000

_ACCOUNTS = """
SELECT a.id, a.name, a.country, a.city, a.postal_code, a.street, a.phone, a.email, a.website,
       (SELECT array_agg(c.email) FROM contacts_contact c WHERE c.account_id = a.id AND c.email <> '')
FROM accounts_account a
"""
_CONTACTS = """
SELECT c.id, c.account_id, c.first_name || ' ' || c.last_name, c.phone, c.mobile, c.email
FROM contacts_contact c
"""
_ONLY = "WHERE {alias}.id = ANY(%s)"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Kind:
    """How one kind of record is read, compared and kept as pairs."""

    model: type[Account] | type[Contact]
    pairs: type[AccountPair] | type[ContactPair]
    sql: str
    alias: str
    facts: Callable[[Row], Facts]
    keys: Callable[[Row], Iterable[tuple[str, str]]]
    judge: Callable[[Facts, Facts], Likeness]

    def every(self) -> Iterator[list[Row]]:
        """All of them, never more than some thousands in memory."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(self.sql)
            while rows := cursor.fetchmany(AT_ONCE):
                yield rows

    def some(self, ids: Collection[int]) -> dict[int, Facts]:
        """The facts of these."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql + _ONLY.format(alias=self.alias), [list(ids)])
            return {row[0]: self.facts(row) for row in cursor.fetchall()}


def _of_account(row: Row) -> Facts:
    _pk, name, country, city, postal_code, street, phone, email, website, people = row
    return Facts(
        name, country, city, postal_code, street, (phone,) if phone else (), email, website,
        frozenset(one.lower() for one in people or ()),
    )  # fmt: skip


def _of_contact(row: Row) -> Facts:
    _pk, _account, name, phone, mobile, email = row
    return Facts(name, phones=tuple(one for one in (phone, mobile) if one), email=email)


def _account_keys(row: Row) -> Iterable[tuple[str, str]]:
    return rules.keys(_of_account(row))


def _contact_keys(row: Row) -> Iterable[tuple[str, str]]:
    """They meet within their account."""
    return ((kind, f"{row[1]} {key}") for kind, key in rules.person_keys(_of_contact(row)))


ACCOUNTS = Kind(Account, AccountPair, _ACCOUNTS, "a", _of_account, _account_keys, rules.judge)
CONTACTS = Kind(Contact, ContactPair, _CONTACTS, "c", _of_contact, _contact_keys, rules.judge_people)
