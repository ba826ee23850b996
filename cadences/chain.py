"""The cadence engine: one query from facts to owed dates, read from ``cadences/sql``.

The files are CTEs of one chain, in the order of their numbers: plan, facts, rolling dates, everything
wanted, moved to working days, desired. Night, page preview, "why" and "what next" all run that chain; only
the accounts they ask about differ. docs/engine.md holds the rules.

``@name(…)`` in the files are text macros, so that one rule (a working day, an absence) stands in one place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection

from accounts.models import Account
from cadences.models import Plan, Schedule
from cadences.since import carried_since
from users.clock import company_today

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

FEW = 200
LARGE = 30_000
TABLE_DAYS = 420  # how far ahead large runs look up working days; dates beyond are searched one by one
LOOK_BACK_DAYS = 400  # event and calendar rows further back are left as they are

SQL: dict[str, str] = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent / "sql").glob("*.sql"))
}
SHIFT = ("50_shift forth", "55_shifted", "50_shift back")
FACTS = ("05_staff", "10_plan", "20_facts", "25_track")
CHAIN = (*FACTS, "30_rolling", "40_wanted", *SHIFT, "60_desired")
KEPT = ("05_staff", "70_kept")
OWED = (*FACTS, "30_rolling twice", *CHAIN[CHAIN.index("40_wanted") :], "65_owed")
DIFFERENCE = (*CHAIN, "70_kept", "71_pair", "72_outcome")
CLOSING = (*FACTS, "30_rolling", "80_close")
MEASURED = ("05_staff", "10_plan", "20_facts", "26_no_track", "30_rolling")

# OFFSET 0 keeps EXISTS from becoming a join: the search for the next day relies on the order in which
# a function scan yields its numbers, and mostly ends at the first.
_ABSENT = """(CASE WHEN EXISTS (
    SELECT FROM users_absence absence
    WHERE absence.user_id = {0} AND {1} BETWEEN absence.starts_on AND absence.ends_on OFFSET 0
) THEN true ELSE false END)"""
_DEPUTY = """coalesce((
    SELECT absence.deputy_id FROM users_absence absence
    WHERE absence.user_id = {0}.id AND {1} BETWEEN absence.starts_on AND absence.ends_on
        AND absence.deputy_id IS NOT NULL
    ORDER BY absence.id LIMIT 1
), {0}.deputy_id)"""
_WORKS = """(CASE
    WHEN extract(isodow FROM {0})::smallint <> ALL(coalesce({1}.weekdays, '{{1,2,3,4,5}}')) THEN false
    WHEN EXISTS (
        SELECT FROM users_publicholiday holiday
        WHERE holiday.country = {1}.country AND holiday.subdivision IN ('', {1}.subdivision)
            AND holiday.day = {0} OFFSET 0
    ) THEN false
    WHEN EXISTS (
        SELECT FROM users_closure closure
        WHERE closure.calendar_id = {1}.id AND closure.day = {0} OFFSET 0
    ) THEN false
    WHEN {2} <> '' AND EXISTS (
        SELECT FROM users_publicholiday holiday
        WHERE holiday.country = {2} AND holiday.subdivision = '' AND holiday.day = {0} OFFSET 0
    ) THEN false
    ELSE true
END)"""
# "All waits for my return": no deputy stands in, unless another absence of the day names one.
_WAITS = """(CASE WHEN EXISTS (
    SELECT FROM users_absence absence
    WHERE absence.user_id = {0} AND {1} BETWEEN absence.starts_on AND absence.ends_on
        AND absence.waits OFFSET 0
) AND NOT EXISTS (
    SELECT FROM users_absence absence
    WHERE absence.user_id = {0} AND {1} BETWEEN absence.starts_on AND absence.ends_on
        AND absence.deputy_id IS NOT NULL OFFSET 0
) THEN true ELSE false END)"""
# Whose calendar and absences count for an item, and that calendar: of a customer and a rule.
_PERSON = """CASE {1}.assignee
    WHEN 'owner' THEN {0}.owner_id WHEN 'manager' THEN {0}.manager_id WHEN 'deputy' THEN {0}.deputy_id ELSE 0
END"""
_CALENDAR = """CASE {1}.assignee
    WHEN 'owner' THEN {0}.calendar_id WHEN 'manager' THEN {0}.manager_calendar_id
    WHEN 'deputy' THEN {0}.deputy_calendar_id ELSE {0}.company_calendar_id
END"""
# What becomes of a row of the difference, in a word; nothing that people see: NULL.
_WHAT = """CASE
    WHEN {0}.act = 'create' THEN 'created'
    WHEN {0}.state IN ('cancelled', 'lapsed') THEN {0}.state
    WHEN {0}.act = 'reopen' THEN 'reopened'
    WHEN {0}.is_moved THEN 'moved'
END"""
# The chain's placeholders and their types, in the order of a prepared statement.
PARAMETERS = {
    "as_of": "date", "ids": "bigint[]", "plan": "bigint", "horizon": "date", "look_back": "date",
    "talks_until": "date", "bought_until": "date", "replay": "boolean", "project": "boolean",
    "assumed_id": "bigint", "assumed_on": "date", "days_from": "date", "days_to": "date",
    "draft_items": "bigint[]", "draft_since": "date[]",
}  # fmt: skip
# Whether the calendar works, a person is away, who does it: one text each, tests change them too.
MACROS = {
    "absent": _ABSENT, "deputy": _DEPUTY, "works": _WORKS, "waits": _WAITS, "person": _PERSON,
    "calendar": _CALENDAR, "what": _WHAT,
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What is asked of the chain. ``account_ids`` None = all accounts.

    ``since``: of a draft's items, the days that its activation would write (cadences.since).
    """

    as_of: date
    account_ids: tuple[int, ...] | None = None
    plan_id: int = 0
    horizon_days: int = 35
    talks_until: date | None = None
    bought_until: date | None = None
    replay: bool = False
    project: bool = False
    assumed_id: int = 0
    assumed_on: date | None = None
    since: tuple[tuple[int, date], ...] = ()

    def parameters(self) -> dict[str, Any]:
        """The values of the chain's placeholders; ``assumed_on`` is the day of an assumed contact."""
        return {
            "as_of": self.as_of,
            "ids": list(self.account_ids or ()),
            "plan": self.plan_id,
            "horizon": self.as_of + timedelta(days=self.horizon_days),
            "look_back": self.as_of - timedelta(days=LOOK_BACK_DAYS),
            "talks_until": self.talks_until or _talks_until(self.as_of),
            "bought_until": self.bought_until or self.as_of,
            "replay": self.replay,
            "project": self.project,
            "assumed_id": self.assumed_id,
            "assumed_on": self.assumed_on,
            "draft_items": [item for item, _ in self.since],
            "draft_since": [day for _, day in self.since],
            # large runs look working days up in a table; otherwise it stays empty
            "days_from": self.as_of - timedelta(days=LOOK_BACK_DAYS),
            "days_to": self.as_of + timedelta(days=TABLE_DAYS if self.is_large else -LOOK_BACK_DAYS - 1),
        }

    @property
    def is_for_all(self) -> bool:
        return self.account_ids is None

    @property
    def is_large(self) -> bool:
        """So many that most combinations of calendar, country and day occur: a table of them pays."""
        if self.account_ids is not None:
            return len(self.account_ids) >= LARGE
        return Account.objects.count() >= LARGE

    @property
    def is_for_few(self) -> bool:
        """So few that looking each one up beats reading the tables."""
        return self.account_ids is not None and len(self.account_ids) <= FEW


def question(account_ids: Collection[int] | None, as_of: date, **more: Any) -> Question:
    """Asked of the running plan, with the schedule's horizon. Without a running plan nothing is owed."""
    plan = Plan.objects.filter(state=Plan.State.RUNNING).values_list("pk", flat=True).first()
    return Question(
        as_of=as_of,
        account_ids=None if account_ids is None else tuple(sorted(set(account_ids))),
        **{"plan_id": plan or 0, "horizon_days": Schedule.get().horizon_days, **more},
    )


def draft_question(
    plan: Plan,
    account_ids: Collection[int] | None,
    as_of: date,
    effective_from: date | None = None,
    **more: Any,
) -> Question:
    """Asked of a plan as if it took over on ``effective_from`` (``as_of``), with the days this would store.

    Of the running plan itself: as it stands.
    """
    if plan.state != Plan.State.RUNNING:
        running = Plan.objects.filter(state=Plan.State.RUNNING).first()
        more["since"] = tuple(carried_since(plan, running, effective_from or as_of).items())
    return question(account_ids, as_of, plan_id=plan.pk, **more)


def _talks_until(as_of: date) -> date:
    """One day more when asked about today: colleagues east of the company log tomorrow's date already."""
    return as_of + timedelta(days=1) if as_of == company_today() else as_of


def tune(cursor: CursorWrapper, asked: Question) -> None:
    """Settings of the transaction: compiling the query costs more than it saves; sorts stay in memory.

    For many accounts every join is a hash join, also where freshly loaded tables have no statistics yet and
    the planner would take a thousand accounts for one.
    """
    loops = "on" if asked.is_for_few else "off"
    cursor.execute(
        "SELECT set_config('jit', 'off', true),"
        " set_config('enable_nestloop', %s, true), set_config('enable_mergejoin', %s, true),"
        " set_config('work_mem', %s, true), set_config('join_collapse_limit', %s, true)",
        [loops, loops, "16MB" if asked.is_for_few else "160MB", "8" if asked.is_for_few else "1"],
    )


def run(cursor: CursorWrapper, text: str, asked: Question) -> None:
    """Execute a statement of the chain. For a few accounts it is prepared once per connection.

    Planning a thousand nodes takes ten times as long as answering for one account.
    """
    tune(cursor, asked)
    if not asked.is_for_few:
        cursor.execute(text, asked.parameters())
        return
    head, _, body = text.rpartition("-- prepared\n")
    name = "tend_" + md5(body.encode(), usedforsecurity=False).hexdigest()[:20]
    cursor.execute("SELECT FROM pg_prepared_statements WHERE name = %s", [name])
    if cursor.rowcount == 0:
        numbered = body % {key: f"${place}" for place, key in enumerate(PARAMETERS, 1)}
        cursor.execute(f"PREPARE {name} ({', '.join(PARAMETERS.values())}) AS {numbered}")
    values = ", ".join(f"%({key})s" for key in PARAMETERS)
    cursor.execute(f"{head} EXECUTE {name} ({values})", asked.parameters())


def chain(parts: tuple[str, ...], for_all: bool) -> str:
    """The CTEs of these files as text, for all accounts or for those in ``ids``."""
    return _assembled(parts, for_all, tuple(SQL.values()), tuple(MACROS.values()))


@lru_cache(maxsize=32)
def _assembled(parts: tuple[str, ...], for_all: bool, texts: tuple[str, ...], macros: tuple[str, ...]) -> str:
    """Joined and expanded; the texts are part of the key, so that a changed file is never served stale."""
    return ",\n".join(expand(text, for_all) for text in _pieces(parts))


def _pieces(parts: tuple[str, ...]) -> Iterator[str]:
    for part in parts:
        name, _, way = part.partition(" ")
        text = SQL[name]
        if way == "twice":  # projected contacts follow from the rows that are owed: computed once for both
            text = text.replace("rolling AS NOT MATERIALIZED", "rolling AS MATERIALIZED")
        elif way:
            sign, spots = ("+", "spot") if way == "forth" else ("-", "overflow")
            text = text.replace("@way", way).replace("@sign", sign).replace("@spots", spots)
        yield text


def expand(text: str, for_all: bool) -> str:
    """Replace the macros: ``@only(column)`` keeps to the accounts asked about."""
    only = "true" if for_all else r"\1 = ANY(%(ids)s::bigint[])"
    text = re.sub(r"@only\(([\w.]+)\)", only, text)
    for name, body in MACROS.items():
        text = re.sub(rf"@{name}\(([^()]*)\)", partial(_filled, body), text)
    return text


def _filled(body: str, match: re.Match[str]) -> str:
    return body.format(*(argument.strip() for argument in match.group(1).split(",")))


def statement(name: str, parts: tuple[str, ...] = (), for_all: bool = False) -> str:
    """A named statement of ``90_statements.sql``; ``@chain`` in it stands for the CTEs of these files."""
    texts = re.split(r"^-- name: (\w+)\n", SQL["90_statements"], flags=re.MULTILINE)
    text = dict(zip(texts[1::2], texts[2::2], strict=True))[name]
    return expand(text, for_all).replace("@chain", chain(parts, for_all))


def engine_lock(account_ids: Collection[int] | None) -> None:
    """Whole runs take turns with each other and with verbs; verbs on different accounts do not wait.

    Held until the transaction ends. Unique constraints decide in any case; the lock only keeps a run
    from judging by facts that another run is just about to commit.
    """
    with connection.cursor() as cursor:
        if account_ids is None or len(account_ids) > FEW:
            cursor.execute("SELECT pg_advisory_xact_lock(7433, 0)")
            return
        cursor.execute("SELECT pg_advisory_xact_lock_shared(7433, 0)")
        cursor.execute(
            "SELECT pg_advisory_xact_lock(7434, (id %% 2147483647)::int)"
            " FROM (SELECT id FROM unnest(%s::bigint[]) AS id ORDER BY id) sorted",
            [list(account_ids)],
        )
