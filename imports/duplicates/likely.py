"""Whom a record that is being typed, or imported, looks like. Never blocks; costs a few index look-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Account
from contacts.models import Contact
from imports.duplicates import rules
from imports.duplicates.found import ACCOUNTS, CONTACTS
from imports.duplicates.rules import Facts, Likeness

WORTH_SAYING = 30
"""A similar name is no pair yet, but worth a look before somebody types on."""

SHOWN = 3
MOST_PEOPLE = 2_000

# Each branch by an index of the account list, and bounded: a word that thousands carry says little. The
# rules judge what they find. MATERIALIZED, or the planner walks the whole table in the hope of an early end.
_CANDIDATES = """
WITH alike AS MATERIALIZED (
    SELECT id, name_folded FROM accounts_account
    WHERE tend_fold(%(name)s) <%% search_folded AND %(name)s <> ''
), near AS (SELECT * FROM alike LIMIT 300), held AS MATERIALIZED (
    SELECT id FROM accounts_account WHERE search_folded LIKE %(word)s AND %(word)s <> '%%%%'
), hosted AS MATERIALIZED (
    SELECT id FROM accounts_account WHERE search_folded LIKE %(domain)s AND %(domain)s <> '%%%%'
), called AS MATERIALIZED (
    SELECT id FROM accounts_account WHERE phone_digits LIKE %(phone)s AND %(phone)s <> '%%%%'
), placed AS MATERIALIZED (
    SELECT id FROM accounts_account WHERE search_folded LIKE %(postal)s AND %(postal)s <> '%%%%'
), known AS MATERIALIZED (
    SELECT account_id FROM contacts_contact WHERE search_folded LIKE %(email)s AND %(email)s <> '%%%%'
)
(SELECT id FROM accounts_account WHERE name_folded = tend_fold(%(typed)s) LIMIT 20)
UNION (SELECT id FROM near ORDER BY word_similarity(tend_fold(%(name)s), name_folded) DESC LIMIT 60)
UNION (SELECT id FROM held LIMIT 60) UNION (SELECT id FROM hosted LIMIT 20)
UNION (SELECT id FROM called LIMIT 20) UNION (SELECT id FROM placed LIMIT 60)
UNION (SELECT account_id FROM known LIMIT 20)
"""


@dataclass(frozen=True)
class Found:
    """A record that is there already, and why it looks like the other."""

    record: Any
    likeness: Likeness


def accounts_like(facts: Facts, *, besides: int | None = None) -> list[Found]:
    """The likeliest few; ``besides``: the account that is being edited."""
    if len(rules.name_key(facts.name)) < 3 and not (facts.phones or facts.email or facts.website):
        return []
    ids = _candidates(facts) - {besides}
    likely = _judged(facts, ACCOUNTS.some(ids), rules.judge)
    records = Account.objects.select_related("owner").in_bulk([pk for pk, _likeness in likely])
    return [Found(records[pk], likeness) for pk, likeness in likely if pk in records]


def contacts_like(account: Account, facts: Facts, *, besides: int | None = None) -> list[Found]:
    """People of this account, and whoever has this very e-mail elsewhere."""
    there = Contact.objects.filter(account=account).exclude(pk=besides).order_by("-pk")
    ids = set(there.values_list("pk", flat=True)[:MOST_PEOPLE])
    likely = _judged(facts, CONTACTS.some(ids), rules.judge_people)
    if email := facts.email.strip():
        elsewhere = Contact.objects.search(email).filter(email__iexact=email).exclude(account=account)
        same = Likeness(rules.WEIGHTS[rules.Reason.EMAIL], (rules.Reason.EMAIL,))
        likely += [(pk, same) for pk in elsewhere.values_list("pk", flat=True)[:SHOWN]]
    records = Contact.objects.select_related("account").in_bulk([pk for pk, _likeness in likely])
    return [Found(records[pk], likeness) for pk, likeness in likely if pk in records]


def likely_of(wanted: Mapping[int, Facts]) -> dict[int, tuple[int, Likeness]]:
    """For the rows of a file (by their number): the stored account each is probably, if any.

    One pass over all accounts, whatever the number of rows; memory grows with the rows alone.
    """
    meeting: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, facts in wanted.items():
        for key in rules.keys(facts):
            meeting[key].append(row)
    best: dict[int, tuple[int, Likeness]] = {}
    for stored in ACCOUNTS.every():
        for one in stored:
            facts = ACCOUNTS.facts(one)
            met = {row for key in rules.keys(facts) for row in meeting.get(key, ())}
            for row in met:
                likeness = rules.judge(wanted[row], facts)
                if likeness.is_likely and (row not in best or likeness.score > best[row][1].score):
                    best[row] = one[0], likeness
    return best


def _candidates(facts: Facts) -> set[int]:
    words = sorted(rules.telling(facts.name), key=len)
    domain = next((d for d in map(rules.domain, (facts.email, facts.website)) if d), "")
    phone = next((p for p in map(rules.phone, facts.phones) if p), "")
    values = {
        "typed": facts.name.strip(),
        "name": " ".join(rules.telling(facts.name)),
        "word": _holding(words[-1] if words and len(words[-1]) > 3 else ""),
        "domain": _holding(domain),
        "phone": _holding(phone),
        "postal": _holding(_folded(facts.postal_code.strip()) if facts.street.strip() else ""),
        "email": _holding(_folded(facts.email.strip())),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, values)
        return {pk for (pk,) in cursor.fetchall()}


def _folded(text: str) -> str:
    """As the columns are folded that are searched."""
    if not text:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tend_fold(%s)", [text])
        return str(cursor.fetchone()[0])


def _holding(text: str) -> str:
    for sign in "\\%_":
        text = text.replace(sign, f"\\{sign}")
    return f"%{text}%"


def _judged(facts: Facts, others: Mapping[int, Facts], judge: Any) -> list[tuple[int, Likeness]]:
    found: Iterable[tuple[int, Likeness]] = ((pk, judge(facts, other)) for pk, other in others.items())
    worth = [(pk, likeness) for pk, likeness in found if likeness.score >= WORTH_SAYING]
    return sorted(worth, key=lambda one: (-one[1].score, one[0]))[:SHOWN]
