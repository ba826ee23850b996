"""What happened with an account and what is owed to it, newest first: one query, whatever the filter."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from cadences.account_pages.arms import ARMS, BY_SOURCE, TALK_KINDS, Arm
from contacts.models import Contact
from core import prepared
from core.text import from_json, whole_number
from users.models import User

SIZE = 20
FIRST = 8  # on the page itself: more than its first screen holds; the rest comes when it is asked for
WORDS = 6  # of a search; more are left out
ENTRY = re.compile(r"(?P<source>[a-z_]+)-(?P<id>[0-9]{1,18})")
PERSON = re.compile(r"(?P<side>[cu])(?P<id>[0-9]{1,18})")
KINDS = (
    ("talk", _("Contacts")),
    ("call", _("Calls")),
    ("mail", _("E-mails, letters, texts")),
    ("meeting", _("Meetings, visits")),
    ("note", _("Notes")),
    ("mood", _("With a mood")),
    ("owed", _("What we owed")),
    ("promise", _("Promises")),
    ("expectation", _("Expectations")),
    ("concern", _("Concerns")),
    ("purchase", _("Purchases")),
    ("campaign", _("Campaigns")),
    ("file", _("Files")),
    ("people", _("People came and left")),
    ("change", _("Owner and tier")),
)


@dataclass(frozen=True)
class Choice:
    """What the address asks for; nonsense is left out.

    ``who``: ``c7`` somebody there, ``u7`` a colleague. ``entry``: the stream begins with that entry,
    ``before`` and ``after``: with the one that follows it, or precedes it.
    """

    kind: str = ""
    who: str = ""
    q: str = ""
    entry: str = ""
    before: str = ""
    after: str = ""

    @classmethod
    def read(cls, params: QueryDict) -> Choice:
        def taken(name: str, is_known: Callable[[str], Any]) -> str:
            text = params.get(name, "").replace("\x00", "").strip()[:100]
            return text if is_known(text) else ""

        return cls(
            kind=taken("kind", dict(KINDS).__contains__),
            who=taken("who", PERSON.fullmatch),
            q=taken("q", bool),
            entry=taken("entry", _is_entry),
            before=taken("before", _is_entry),
            after=taken("after", _is_entry),
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.kind or self.who or self.q)

    @property
    def filters(self) -> str:
        """The query string of the filters, for the address of more of the same."""
        chosen = {"kind": self.kind, "who": self.who, "q": self.q}
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def kind_name(self) -> str:
        return str(dict(KINDS).get(self.kind, ""))


def _is_entry(text: str) -> bool:
    found = ENTRY.fullmatch(text)
    return found is not None and found["source"] in BY_SOURCE


@dataclass(frozen=True)
class Happening:
    """One entry of the timeline. ``source`` says what the other fields mean, see the arms.

    ``others`` and ``refused``: of an interaction, who else was there, and why a channel was used that they
    do not want. ``kept``: the name of the touchpoint that an interaction has done, and its days of lateness.
    ``piece``: the mail or letter that an interaction is, and whether it came back; ``thanks``: the latest one
    that thanks for it, once it has left.
    """

    source: str
    id: int
    day: datetime.date
    at: datetime.datetime | None
    kind: str
    state: str
    words: str
    reason: str
    detail: str
    by_id: int | None
    person_id: int | None
    number: int | None
    amount: Any
    currency: str
    until: datetime.date | None
    gone: bool
    by: str | None
    person: str | None
    others: str | None
    refused: str | None
    kept: tuple[str, int] | None
    piece: tuple[int, bool] | None
    thanks: int | None

    @property
    def key(self) -> str:
        return f"{self.source}-{self.id}"

    @property
    def template(self) -> str:
        return f"accounts/timeline/_{self.source}.html"


@dataclass(frozen=True)
class Stream:
    """A part of the timeline. ``earlier``, ``later``: the entries from which the rest is asked for.

    ``is_lost``: the entry that was asked for is not there any more, and this is the beginning.
    """

    rows: list[Happening]
    choice: Choice
    earlier: str = ""
    later: str = ""
    is_lost: bool = False


def timeline(account: Account, choice: Choice, zone: str, today: datetime.date, size: int = SIZE) -> Stream:
    """``size`` entries from where the choice begins. One query; one more to find an entry it names."""
    values = {"account": account.pk, "zone": zone, "today": today, "limit": size + 1}
    start = choice.entry or choice.before or choice.after
    key = _key(start, values) if start else None
    if start and key is None:
        return replace(
            timeline(account, Choice(choice.kind, choice.who, choice.q), zone, today), is_lost=True
        )
    compared = "<=" if choice.entry else "<" if choice.before else ">"
    rows = _rows(choice, values | (key or {}), compared if key else "")
    more = len(rows) > size
    rows = rows[:size]
    if choice.after:
        rows.reverse()
        return Stream(rows, choice, later=rows[0].key if more else "")
    return Stream(
        rows,
        choice,
        earlier=rows[-1].key if more else "",
        later=choice.entry,
    )


def _key(entry: str, values: dict[str, Any]) -> dict[str, Any] | None:
    """Where an entry stands in the stream; None if it is not this account's, or not there."""
    source, _dash, number = entry.rpartition("-")
    arm = BY_SOURCE[source]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {arm.day}, coalesce({arm.at}, '-infinity')::text FROM {arm.table} "  # noqa: S608
            f"WHERE t.account_id = %(account)s AND t.id = %(id)s AND {arm.where}",
            values | {"id": int(number)},
        )
        row = cursor.fetchone()
    return {"day": row[0], "at": row[1], "source": source, "id": int(number)} if row else None


def choosable(
    account: Account, deputy: dict[str, Any] | None, people: list[Contact], user: User, stream: Stream
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The persons of the filter in groups: who is or was there; of ours those who are asked for most."""
    ours = {f"u{one.pk}": one.display_name for one in (account.owner, user) if one is not None}
    if deputy is not None:
        ours.setdefault(f"u{deputy['id']}", deputy["name"])
    if stream.choice.who.startswith("u") and stream.rows:
        ours.setdefault(stream.choice.who, stream.rows[0].by or "")
    there = [(f"c{one.pk}", one.name) for one in people]
    return [(str(_("There")), there), (str(_("Here")), list(ours.items()))]


HAPPENED = """
SELECT h.source, h.id, h.day, nullif(h.at, '-infinity'), h.kind, h.state, h.words, h.reason, h.detail,
    h.by_id, h.person_id, h.number, h.amount, h.currency, h.until, h.gone,
    (SELECT display_name FROM users_user WHERE id = h.by_id),
    (SELECT trim(first_name || ' ' || last_name) FROM contacts_contact WHERE id = h.person_id),
    CASE WHEN h.source = 'interaction' THEN (
        SELECT string_agg(trim(first_name || ' ' || last_name), ', ' ORDER BY name_folded, person.id)
        FROM contacts_interaction_others was JOIN contacts_contact person ON person.id = was.contact_id
        WHERE was.interaction_id = h.id
    ) END,
    CASE WHEN h.source = 'interaction' THEN
        (SELECT refused_reason FROM contacts_interaction WHERE id = h.id)
    END,
    CASE WHEN h.source = 'interaction' THEN (
        SELECT jsonb_build_array(
            (SELECT name FROM cadences_slot WHERE id = slot_id), closed_on - planned_on - tolerance_days
        )
        FROM cadences_touchpoint
        WHERE interaction_id = h.id AND state = 'done'
        ORDER BY id LIMIT 1
    ) END,
    CASE WHEN h.source = 'interaction' THEN (
        SELECT jsonb_build_array(
            piece.id,
            EXISTS (
                SELECT FROM correspondence_message mail
                WHERE mail.id = piece.message_id AND mail.returned_at IS NOT NULL
            )
        )
        FROM correspondence_piece piece WHERE logged_id = h.id
    ) END,
    CASE WHEN h.source = 'interaction' THEN (
        SELECT max(id) FROM correspondence_piece
        WHERE about_id = h.id AND use = 'thank_you' AND state = 'left'
    ) END
FROM (
    SELECT * FROM ({arms}) every
    ORDER BY day {order}, at {order}, source COLLATE "C" {order}, id {order} LIMIT %(limit)s
) h
ORDER BY h.day {order}, h.at {order}, h.source COLLATE "C" {order}, h.id {order}
"""


def _rows(choice: Choice, values: dict[str, Any], compared: str) -> list[Happening]:
    arms, order = _arms_of(choice), "ASC" if compared == ">" else "DESC"
    where = _wanted(choice, values)
    parts = [arm.select(" AND ".join(_conditions(arm, choice, where, compared)), order) for arm in arms]
    if not parts:
        return []
    statement = HAPPENED.format(arms=" UNION ALL ".join(parts), order=order)
    # a plan that is kept for all values has to know how few rows are wanted
    statement = statement.replace("%(limit)s", str(int(values["limit"])))
    # what a filter finds depends on its values: such a statement is planned for them
    planned_once = nullcontext() if choice.is_filtered else prepared.kept()
    with planned_once, connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    told = [(*row[:-3], from_json(row[-3]), from_json(row[-2]), row[-1]) for row in found]
    return [Happening(*row) for row in told]


def _arms_of(choice: Choice) -> list[Arm]:
    return [
        arm
        for arm in ARMS
        if (not choice.kind or choice.kind in arm.kinds)
        and (not choice.who.startswith("c") or arm.knows_people)
        and (not choice.who.startswith("u") or not arm.by.startswith("NULL"))
        and (not choice.q or arm.sought)
    ]


def _wanted(choice: Choice, values: dict[str, Any]) -> list[str]:
    """The parameters of the filter into ``values``; returns the names of the words that are looked for."""
    if choice.who:
        values["who"] = whole_number(choice.who[1:])
    if choice.kind in TALK_KINDS:
        values["kinds"] = list(TALK_KINDS[choice.kind])
    words = choice.q.split()[:WORDS]
    names = [f"word{number}" for number in range(len(words))]
    values |= dict(zip(names, words, strict=True))
    return names


def _conditions(arm: Arm, choice: Choice, words: list[str], compared: str) -> list[str]:
    found = [arm.shown if choice.kind not in arm.kinds else "TRUE"]
    if compared:
        edge = "<=" if compared != ">" else ">="
        found.append(f"{arm.day} {edge} %(day)s")  # so that the index finds its place
        found.append(f"({arm.key}) {compared} (%(day)s, %(at)s::timestamptz, %(source)s, %(id)s)")
    if choice.who:
        found.append(_took_part(arm) if choice.who.startswith("c") else f"{arm.by} = %(who)s")
    if arm.source == "interaction":
        found += _talks(choice.kind)
    found += [_has(arm, word) for word in words]
    return found


def _took_part(arm: Arm) -> str:
    """Whether the person of the filter is the one it is about, or was there, too."""
    return f"({arm.person} = %(who)s OR {arm.present})" if arm.present else f"{arm.person} = %(who)s"


def _talks(kind: str) -> list[str]:
    if kind in TALK_KINDS:
        return ["t.kind = ANY(%(kinds)s)"]
    if kind == "talk":
        return ["t.kind <> 'note'"]
    return ["t.sentiment IS NOT NULL", "t.withdrawn_at IS NULL"] if kind == "mood" else []


def _has(arm: Arm, word: str) -> str:
    """Whether a word stands in what the entry says, or in the name of its person; accents do not count."""
    texts = " || ' ' || ".join(f"coalesce({column}, '')" for column in arm.sought)
    found = f"position(tend_fold(%({word})s) IN tend_fold({texts})) > 0"
    if arm.knows_people:
        found = (
            f"({found} OR {arm.person} IN (SELECT id FROM contacts_contact"  # noqa: S608 - all of it ours
            f" WHERE account_id = %(account)s AND position(tend_fold(%({word})s) IN search_folded) > 0))"
        )
    return found
