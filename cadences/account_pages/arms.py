"""Where the timeline of an account comes from: one arm for every table that knows something.

Names are looked up by subqueries and not joined: planning a join of every arm would cost more than reading.
All arms give the same columns, so that their rows stand in one stream, and the same order: the day, the
instant where there is one, the source, the id. An arm stops at what a page shows, so an account with
10,000 talks costs the same as one with 20.
"""

from __future__ import annotations

from dataclasses import dataclass

TALK_KINDS = {
    "call": ("call", "video"),
    "mail": ("email", "letter", "text", "social"),
    "meeting": ("meeting", "visit", "lunch"),
    "note": ("note",),
}
"""The kinds of the filter that are kinds of interactions."""


@dataclass(frozen=True)
class Arm:
    """One table, as ``t``. What it does not know is empty; what the columns mean is said by its template.

    ``kinds``: the values of the filter that show it. ``sought``: the columns that a search looks into.
    ``present``: whether the person of the filter took part without being its ``person``.
    ``shown``: a condition that does not hold for rows which another arm tells already; the filter by the
    arm's own kind lifts it.
    """

    source: str
    table: str
    day: str
    kinds: tuple[str, ...]
    at: str = "NULL::timestamptz"
    kind: str = "''"
    state: str = "''"
    words: str = "''"
    reason: str = "''"
    detail: str = "''"
    by: str = "NULL::bigint"
    person: str = "NULL::bigint"
    number: str = "NULL::int"
    amount: str = "NULL::numeric"
    currency: str = "''"
    until: str = "NULL::date"
    gone: str = "FALSE"
    where: str = "TRUE"
    shown: str = "TRUE"
    sought: tuple[str, ...] = ()
    present: str = ""

    @property
    def knows_people(self) -> bool:
        return not self.person.startswith("NULL")

    @property
    def key(self) -> str:
        """What the stream is ordered by. The collation is named: a database may have any."""
        return f"{self.day}, coalesce({self.at}, '-infinity'), '{self.source}'::text COLLATE \"C\", t.id"

    def select(self, where: str, order: str) -> str:
        """The arm's part of the statement: as many rows as a page can show, in one direction."""
        columns = {
            "source": f"'{self.source}'::text COLLATE \"C\"", "id": "t.id", "day": self.day,
            "at": f"coalesce({self.at}, '-infinity')", "kind": f"{self.kind}::text",
            "state": f"{self.state}::text", "words": f"{self.words}::text", "reason": f"{self.reason}::text",
            "detail": f"{self.detail}::text", "by_id": self.by, "person_id": self.person,
            "number": f"{self.number}::int", "amount": f"{self.amount}::numeric",
            "currency": f"{self.currency}::text", "until": self.until, "gone": self.gone,
        }  # fmt: skip
        listed = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
        return (
            f"(SELECT {listed} FROM {self.table}"  # noqa: S608 - constants only
            f" WHERE t.account_id = %(account)s AND {self.where} AND {where}"
            f" ORDER BY day {order}, at {order}, id {order} LIMIT %(limit)s)"
        )


INTERACTION = Arm(
    source="interaction",
    table="contacts_interaction t",
    day="t.happened_on",
    at="t.happened_at",
    kinds=("talk", "mood", *TALK_KINDS),
    kind="t.kind",
    state="t.outcome",
    words="t.summary",
    reason="t.withdrawn_reason",
    detail="t.direction",
    by="t.user_id",
    person="t.contact_id",
    number="t.sentiment",
    gone="t.withdrawn_at IS NOT NULL",
    sought=("t.summary", "t.refused_reason"),
    present="t.id IN (SELECT interaction_id FROM contacts_interaction_others WHERE contact_id = %(who)s)",
)

CONCERN = Arm(
    source="concern",
    table="contacts_concern t",
    day="t.opened_on",
    at="t.created_at",
    kinds=("concern",),
    words="t.what",
    reason="t.resolution",
    by="t.raised_by_id",
    person="t.contact_id",
    number="t.severity",
    gone="t.resolved_on IS NOT NULL",
    sought=("t.what",),
)

RESOLVED = Arm(
    source="resolved",
    table="contacts_concern t",
    day="t.resolved_on",
    kinds=("concern",),
    words="t.what",
    reason="t.resolution",
    by="t.resolved_by_id",
    person="t.contact_id",
    where="t.resolved_on IS NOT NULL",
    sought=("t.what", "t.resolution"),
)

CONFIRMED = Arm(
    source="confirmed",
    table="contacts_concern t",
    day="t.confirmed_on",
    kinds=("concern",),
    words="t.what",
    by="t.confirmed_by_id",
    person="t.confirmed_with_id",
    where="t.confirmed_on IS NOT NULL",
    sought=("t.what",),
)

EXPECTATION = Arm(
    source="expectation",
    table="contacts_expectation t",
    day="t.led_on",
    kinds=("expectation",),
    state="t.state",
    words="t.what",
    by="t.led_by_id",
    person="t.contact_id",
    sought=("t.what",),
)

EXPECTATION_JUDGED = Arm(
    source="expectation_judged",
    table="contacts_expectation t",
    day="t.judged_on",
    kinds=("expectation",),
    state="t.state",
    words="t.what",
    reason="t.words",
    by="t.judged_by_id",
    person="t.contact_id",
    where="t.judged_on IS NOT NULL",
    sought=("t.what", "t.words"),
)

PURCHASE = Arm(
    source="purchase",
    table="sales_purchase t",
    day="t.purchased_on",
    kinds=("purchase",),
    words="t.about",
    reason="t.void_reason",
    by="t.sold_by_id",
    person="t.buyer_id",
    amount="t.amount",
    currency="t.currency",
    gone="t.voided_at IS NOT NULL",
    sought=("t.about", "t.external_id"),
)

SLOT = "(SELECT name FROM cadences_slot WHERE id = t.slot_id)"

# What a log has done stands in the line of that log.
OWED = Arm(
    source="owed",
    table="cadences_touchpoint t",
    day="coalesce(t.closed_on, t.due_on)",
    at="t.due_at",
    kinds=("owed",),
    kind="t.kind",
    state="t.state",
    words=SLOT,
    reason="t.reason",
    detail="t.about",
    by="CASE WHEN t.state = 'open' THEN t.assignee_id ELSE t.closed_by_id END",
    person="t.contact_id",
    number="CASE WHEN t.state <> 'open' THEN t.closed_on - t.planned_on - t.tolerance_days"
    " WHEN t.kind <> 'survey' THEN %(today)s - t.planned_on - t.tolerance_days END",
    where="t.state <> 'cancelled'",
    shown="(t.state <> 'done' OR t.interaction_id IS NULL)",
    sought=(SLOT, "t.about", "t.reason"),
)

PROMISE = Arm(
    source="promise",
    table="contacts_commitment t LEFT JOIN contacts_interaction said ON said.id = t.interaction_id",
    day="coalesce(said.happened_on, (t.created_at AT TIME ZONE %(zone)s)::date)",
    at="coalesce(said.happened_at, t.created_at)",
    kinds=("promise",),
    kind="t.channel",
    state="t.state",
    words="t.what",
    detail="CASE WHEN t.by_us THEN 'us' ELSE 'them' END",
    by="t.user_id",
    person="t.contact_id",
    until="t.due_on",
    sought=("t.what",),
)

PROMISE_CLOSED = Arm(
    source="promise_closed",
    table="contacts_commitment t",
    day="t.closed_on",
    kinds=("promise",),
    state="t.state",
    words="t.what",
    detail="CASE WHEN t.by_us THEN 'us' ELSE 'them' END",
    by="t.user_id",
    person="t.contact_id",
    until="t.due_on",
    where="t.closed_on IS NOT NULL",
    sought=("t.what",),
)

# Who came with the account, in a file or on the day it was entered, did not come: we only heard of them.
JOINED = Arm(
    source="joined",
    table="contacts_contact t",
    day="coalesce(t.started_on, (t.created_at AT TIME ZONE %(zone)s)::date)",
    kinds=("people",),
    words="t.job_title",
    detail="CASE WHEN t.started_on IS NULL THEN 'added' ELSE 'started' END",
    person="t.id",
    where="(t.started_on IS NOT NULL OR t.created_at"
    " > (SELECT created_at FROM accounts_account WHERE id = %(account)s) + interval '1 day')",
    sought=("t.job_title",),
)

LEFT = Arm(
    source="left",
    table="contacts_contact t",
    day="t.left_on",
    kinds=("people",),
    words="t.job_title",
    person="t.id",
    where="t.left_on IS NOT NULL",
    sought=("t.job_title",),
)


FILE = Arm(
    source="file",
    table="accounts_accountfile t",
    day="(t.created_at AT TIME ZONE %(zone)s)::date",
    at="t.created_at",
    kinds=("file",),
    words="t.name",
    detail="t.about",
    by="t.added_by_id",
    where="t.removed_at IS NULL",
    sought=("t.name", "t.about"),
)

CAMPAIGN = Arm(
    source="campaign",
    table="cadences_campaign t",
    day="t.started_on",
    kinds=("campaign",),
    reason="t.reason",
    by="t.started_by_id",
    number="t.weeks",
    until="t.ends_on",
    sought=("t.reason",),
)

CAMPAIGN_ENDED = Arm(
    source="campaign_ended",
    table="cadences_campaign t",
    day="t.ended_on",
    kinds=("campaign",),
    state="t.result",
    words="t.words",
    by="t.ended_by_id",
    where="t.ended_on IS NOT NULL",
    sought=("t.words",),
)


def _user(column: str) -> str:
    return f"(SELECT display_name FROM users_user WHERE id = t.{column})"  # noqa: S608 - constants only


def _tier(column: str) -> str:
    return f"(SELECT name FROM accounts_tier WHERE id = t.{column})"  # noqa: S608 - constants only


def _if_changed(old: str, new: str, name: str) -> str:
    """The name, empty for nobody or none; NULL where something else was changed."""
    return f"CASE WHEN t.{old} IS DISTINCT FROM t.{new} THEN coalesce({name}, '') END"


# The trigger keeps the row before each change, so what came after is the next row, or the live one.
CHANGED = Arm(
    source="changed",
    table="""(
        SELECT h.pgh_id AS id, a.id AS account_id, h.pgh_created_at, h.pgh_context_id, h.owner_id, h.tier_id,
            CASE WHEN lead(h.pgh_id) OVER w IS NULL THEN a.owner_id ELSE lead(h.owner_id) OVER w END
                AS new_owner,
            CASE WHEN lead(h.pgh_id) OVER w IS NULL THEN a.tier_id ELSE lead(h.tier_id) OVER w END AS new_tier
        FROM accounts_accountevent h JOIN accounts_account a ON a.id = h.pgh_obj_id
        WHERE h.pgh_obj_id = %(account)s WINDOW w AS (ORDER BY h.pgh_id)
    ) t""",
    day="(t.pgh_created_at AT TIME ZONE %(zone)s)::date",
    at="t.pgh_created_at",
    kinds=("change",),
    words=_if_changed("owner_id", "new_owner", _user("new_owner")),
    reason=_if_changed("owner_id", "new_owner", _user("owner_id")),
    state=_if_changed("tier_id", "new_tier", _tier("new_tier")),
    kind=_if_changed("tier_id", "new_tier", _tier("tier_id")),
    by="(SELECT (metadata ->> 'user')::bigint FROM pghistory_context WHERE id = t.pgh_context_id)",
    where="(t.owner_id IS DISTINCT FROM t.new_owner OR t.tier_id IS DISTINCT FROM t.new_tier)",
    sought=(_user("owner_id"), _user("new_owner"), _tier("tier_id"), _tier("new_tier")),
)

ARMS = (
    INTERACTION, CONCERN, RESOLVED, CONFIRMED, EXPECTATION, EXPECTATION_JUDGED, PURCHASE, OWED, PROMISE,
    PROMISE_CLOSED, JOINED, LEFT, FILE, CAMPAIGN, CAMPAIGN_ENDED, CHANGED,
)  # fmt: skip
BY_SOURCE = {arm.source: arm for arm in ARMS}
