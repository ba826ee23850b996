"""Whom a mailing reaches, and why it does not reach the others: one statement for any number of accounts.

The same reasons are asked three times: of everybody whom the criteria find (a draft; then frozen), of each
step of recipients whose pieces are made, and of each batch of mails just before they leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from correspondence.mailings import missing
from correspondence.models import Exclusion, Mailing, Medium, TemplateText, Whom
from correspondence.words.filling import names_in
from correspondence.words.languages import base_of
from users.access import acts_for
from users.clock import company_today
from users.models import Company, User

WHOM = {
    Whom.MAIN: "person.is_main",
    Whom.DECIDERS: "'decides' = ANY(person.decision_roles)",
    Whom.ALL: "(NOT %(is_email)s OR person.email <> '')",
}
PLAIN = "lower(replace(spoken.language, '_', '-'))"
BASE = f"split_part({PLAIN}, '-', 1)"
# Of a set of accounts: their people, who writes to them, in which language, with which words.
OF_ACCOUNTS = f"""
    SELECT NULL::bigint AS id, account.id AS account_id, person.id AS contact_id,
        {{sender}} AS sender_id, spoken.language, nearest.text_id
    FROM ({{accounts}}) AS found (id)
    JOIN accounts_account AS account ON account.id = found.id
    LEFT JOIN contacts_contact AS person ON person.account_id = account.id
        AND (person.left_on IS NULL OR person.left_on > %(today)s) AND {{whom}}
    CROSS JOIN LATERAL (
        SELECT coalesce(nullif(person.language, ''), nullif(account.language, ''), %(language)s)
    ) AS spoken (language)
    CROSS JOIN LATERAL (
        SELECT CASE {BASE} WHEN 'no' THEN 'nb' WHEN 'nn' THEN 'nb' ELSE {BASE} END
    ) AS stem (base)
    -- as correspondence.texts.services.pick chooses, which a test holds it to
    LEFT JOIN LATERAL (
        SELECT words.text_id FROM words
        WHERE words.plain = {PLAIN} OR words.base = stem.base OR words.is_default
        ORDER BY words.plain <> {PLAIN}, words.base <> stem.base, words.plain <> stem.base, words.n LIMIT 1
    ) AS nearest ON true
"""  # noqa: S608 - our own words
# Of recipients that were frozen: as they were frozen.
OF_RECIPIENTS = """
    SELECT id, account_id, contact_id, sender_id, language, text_id
    FROM correspondence_recipient WHERE id = ANY(%(ids)s)
"""
# The first reason that holds counts; see Exclusion. Nothing else decides who is written to.
JUDGED = """
WITH words (n, plain, base, text_id, is_default, names) AS (VALUES {words}),
people AS ({people}),
judged AS (
    SELECT people.id, people.account_id, people.contact_id, people.sender_id, people.language,
        people.text_id, person.is_main,
        CASE WHEN %(is_email)s THEN lower(btrim(person.email)) ELSE '' END AS address,
        CASE WHEN person.id IS NULL THEN '' ELSE {missing} END AS missing,
        CASE
            WHEN {not_yours} THEN 'not_yours'
            WHEN person.id IS NULL AND EXISTS (
                SELECT FROM contacts_contact AS person
                WHERE person.account_id = account.id AND person.left_on <= %(today)s AND {whom}
            ) OR person.left_on <= %(today)s THEN 'left'
            WHEN person.id IS NULL THEN 'no_contact'
            WHEN sender.id IS NULL THEN 'no_sender'
            WHEN %(is_email)s AND NOT EXISTS (
                SELECT FROM correspondence_identity AS identity
                WHERE identity.user_id = sender.id AND identity.verified_at IS NOT NULL
            ) THEN 'no_identity'
            WHEN account.paused_from <= %(today)s AND account.paused_until >= %(today)s
                THEN 'account_paused'
            WHEN person.paused_until >= %(today)s THEN 'contact_paused'
            WHEN %(medium)s = ANY(person.refused_channels) THEN 'refused'
            WHEN {no_address} THEN 'no_address'
            WHEN %(is_email)s THEN (
                SELECT CASE suppression.topic WHEN '' THEN 'suppressed' ELSE 'unsubscribed' END
                FROM correspondence_suppression AS suppression
                WHERE suppression.address = lower(btrim(person.email))
                    AND suppression.topic IN ('', %(topic)s)
                    AND (suppression.until IS NULL OR suppression.until > %(now)s)
                ORDER BY suppression.topic LIMIT 1
            )
        END AS barred,
        {lately} AS was_lately
    FROM people
    JOIN accounts_account AS account ON account.id = people.account_id
    LEFT JOIN contacts_contact AS person ON person.id = people.contact_id
    LEFT JOIN users_user AS sender ON sender.id = people.sender_id AND sender.is_active
    LEFT JOIN words ON words.text_id = people.text_id
    {joins}
),
reasoned AS (
    SELECT judged.*, coalesce(
        barred,
        CASE
            WHEN was_lately THEN 'lately'
            WHEN text_id IS NULL AND %(needs_words)s THEN 'no_words'
            WHEN missing <> '' THEN 'missing'
            ELSE ''
        END
    ) AS why
    FROM judged
),
audience AS (
    SELECT id, account_id, contact_id, sender_id, language, text_id, address,
        CASE WHEN reason = 'missing' THEN missing ELSE '' END AS missing, reason,
        CASE WHEN reason = '' THEN row_number() OVER (PARTITION BY reason ORDER BY contact_id) END AS place
    FROM (
        SELECT reasoned.*, CASE
            WHEN why = '' AND address <> '' AND row_number() OVER (
                PARTITION BY why, address ORDER BY is_main DESC, contact_id
            ) > 1 THEN 'duplicate'
            ELSE why
        END AS reason
        FROM reasoned
    ) AS unrepeated
)
"""
# What is on its way counts like what has left; what will never leave (it failed, it was stopped) does not.
LATELY = """EXISTS (
    SELECT FROM correspondence_piece AS piece
    JOIN correspondence_mailing AS other ON other.id = piece.mailing_id
    LEFT JOIN correspondence_message AS message ON message.id = piece.message_id
    WHERE piece.contact_id = person.id AND piece.mailing_id IS DISTINCT FROM %(mailing)s
        AND (piece.left_on > %(rested)s OR piece.state IN ('queued', 'printed') AND (
            other.state IN ('scheduled', 'running', 'paused')
            OR message.state IN ('pending', 'sending', 'uncertain')
        ))
)"""
NO_ADDRESS = {
    Medium.EMAIL: "btrim(person.email) = ''",
    Medium.LETTER: "btrim(account.street) = '' OR btrim(account.city) = '' OR account.country = ''",
}


@dataclass(frozen=True)
class Row:
    """One person (``contact_id`` None: an account without anybody) and what was decided about them."""

    id: int | None
    account_id: int
    contact_id: int | None
    sender_id: int | None
    language: str
    text_id: int | None
    address: str
    missing: str
    reason: str
    place: int | None


COLUMNS = "id, account_id, contact_id, sender_id, language, text_id, address, missing, reason, place"


@dataclass(frozen=True)
class Group:
    """So many with the same reason ("" = they get it); some of them by their ids."""

    reason: str
    missing: str
    sender_id: int | None
    count: int
    account_ids: Sequence[int]
    contact_ids: Sequence[int]

    @property
    def label(self) -> str:
        return str(Exclusion(self.reason).label) if self.reason else ""


class Audience:
    """Asks about a mailing, saved or not.

    ``accounts``: a query of the ids that the criteria find, and ``user`` whose right to write counts; or
    ``recipients``: ids of frozen ones. ``with_lately``: whether other mailings count.
    """

    def __init__(
        self,
        mailing: Mailing,
        *,
        accounts: QuerySet[Any, Any] | None = None,
        user: User | None = None,
        recipients: Iterable[int] = (),
        with_lately: bool = True,
    ) -> None:
        self.mailing, self.accounts, self.user = mailing, accounts, user
        self.recipients = list(recipients)
        self.with_lately = with_lately and mailing.rest_days > 0

    @cached_property
    def texts(self) -> list[TemplateText]:
        """The newest words of the template in each language; frozen recipients keep theirs."""
        found = TemplateText.objects.filter(template=self.mailing.template_id, medium=self.mailing.medium)
        return list(found if self.accounts is None else found.current().in_pick_order())

    @cached_property
    def names(self) -> set[str]:
        """The placeholders that the words ask for."""
        return {name for text in self.texts for name in names_in(f"{text.subject}\n{text.body}")}

    def groups(self) -> list[Group]:
        """How many get it, and how many do not and why; those who get it in front, then the largest."""
        rows = self._ask(
            "SELECT reason, missing, CASE WHEN reason = 'no_identity' THEN sender_id END, count(*),"
            " (array_agg(account_id))[1:3], (array_agg(contact_id))[1:5]"
            " FROM audience GROUP BY 1, 2, 3 ORDER BY reason <> '', count(*) DESC, 1, 2"
        )
        return [Group(*row) for row in rows]

    def at(self, place: int) -> Row | None:
        """The recipient whose turn that is."""
        rows = self._ask(f"SELECT {COLUMNS} FROM audience WHERE place = %(place)s", place=place)  # noqa: S608
        return Row(*rows[0]) if rows else None

    def excluded(self, reason: str, first: int, most: int) -> list[Row]:
        """Some of those with that reason ("" = whatever), in the order of their accounts' ids."""
        rows = self._ask(
            f"SELECT {COLUMNS} FROM audience"  # noqa: S608
            " WHERE reason <> '' AND %(reason)s IN ('', reason)"
            " ORDER BY account_id, contact_id OFFSET %(first)s LIMIT %(most)s",
            reason=reason, first=first, most=most,
        )  # fmt: skip
        return [Row(*row) for row in rows]

    def rows(self) -> list[Row]:
        """All of them; for a step of frozen recipients."""
        return [Row(*row) for row in self._ask(f"SELECT {COLUMNS} FROM audience ORDER BY id")]  # noqa: S608

    def freeze(self, most: int) -> int:
        """Keep everybody as a recipient of the (saved) mailing; how many. ``most``: no more than that."""
        self._run(
            "INSERT INTO correspondence_recipient (mailing_id, account_id, contact_id, sender_id, language,"
            " text_id, address, missing, excluded, reason, place)"
            " SELECT %(mailing)s, account_id, contact_id, sender_id, language, text_id,"
            " left(coalesce(address, ''), 254), left(missing, 300), reason, '', place"
            " FROM audience ORDER BY place, account_id LIMIT %(most)s",
            most=most,
        )
        return self.mailing.recipients.count()

    def _ask(self, statement: str, **values: Any) -> list[Any]:
        with connection.cursor() as cursor:
            if not self._execute(cursor, statement, values):
                return []
            return list(cursor.fetchall())

    def _run(self, statement: str, **values: Any) -> None:
        with connection.cursor() as cursor:
            self._execute(cursor, statement, values)

    def _execute(self, cursor: Any, statement: str, values: dict[str, Any]) -> bool:
        """False when the criteria are known to find nobody."""
        try:
            people = self._people(cursor)
        except EmptyResultSet:
            return False
        head, asked = self._statement(people)
        # an insert stands in front of its WITH's last part as well as a select does
        cursor.execute(f"{head} {statement}", asked | values)
        return True

    def _people(self, cursor: Any) -> str:
        if self.accounts is None:
            return OF_RECIPIENTS
        sql, params = self.accounts.query.sql_with_params()
        bound = cursor.mogrify(sql, params).decode().replace("%", "%%")
        sender = "%(sender)s::bigint" if not self.mailing.by_owner else "account.owner_id"
        return OF_ACCOUNTS.format(accounts=bound, sender=sender, whom=WHOM[Whom(self.mailing.whom)])

    def _statement(self, people: str) -> tuple[str, dict[str, Any]]:
        mailing, values = self.mailing, self._values()
        head = JUDGED.format(
            words=self._words(values), people=people, missing=missing.expression(self.names),
            joins=missing.joins(self.names), whom=WHOM[Whom(mailing.whom)],
            not_yours=self._not_yours(values), no_address=NO_ADDRESS[Medium(mailing.medium)],
            lately=LATELY if self.with_lately else "false",
        )  # fmt: skip
        return head, values

    def _values(self) -> dict[str, Any]:
        mailing, today = self.mailing, company_today()
        return {
            "today": today,
            "now": timezone.now(),
            "rested": today - timedelta(days=mailing.rest_days),
            "is_email": mailing.medium == Medium.EMAIL,
            "medium": mailing.medium,
            "topic": mailing.topic,
            "mailing": mailing.pk,
            "sender": mailing.sender_id,
            "language": mailing.template.language if mailing.template else "en",
            "company": Company.get().name,
            # while no template is chosen yet, people are counted without words
            "needs_words": self.accounts is None or mailing.template_id is not None,
            "ids": self.recipients,
        }

    def _words(self, values: dict[str, Any]) -> str:
        """The words as rows; without any, one that nobody speaks."""
        rows = []
        for n, text in enumerate(self.texts):
            plain = _plain(text.language)
            values |= {f"plain{n}": plain, f"base{n}": base_of(plain), f"text{n}": text.pk}
            values[f"names{n}"] = sorted(names_in(f"{text.subject}\n{text.body}"))
            values[f"default{n}"] = plain == _plain(values["language"])
            rows.append(
                f"({n}, %(plain{n})s, %(base{n})s, %(text{n})s::bigint, %(default{n})s, %(names{n})s::text[])"
            )
        return ", ".join(rows) or "(0, NULL::text, NULL::text, NULL::bigint, false, '{}'::text[])"

    def _not_yours(self, values: dict[str, Any]) -> str:
        if self.user is None or self.user.is_admin:
            return "false"
        values["reach"] = list(acts_for(self.user).values_list("pk", flat=True))
        nobodys = "false" if self.user.is_manager else "true"
        return f"coalesce(account.owner_id <> ALL(%(reach)s), {nobodys})"


def _plain(language: str) -> str:
    return language.replace("_", "-").lower()
