"""What files of another CRM's history have in common: whose row it is, who did it, and what keeps a name.

Somebody the file names who is not here, of ours or of theirs, costs no row: the name stays in its words.
"""
# ruff: noqa: S608 - names come from the registry of fields, values are always parameters

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from imports import staging
from imports.targets import references
from imports.targets.base import Target
from imports.undo.journal import watch

JUDGE = """
    CREATE TEMP TABLE judged ON COMMIT DROP AS
    WITH twice AS ({twice}),
    met AS (
        SELECT s.*, COALESCE(a.id, CASE WHEN s.{p}_account IS NULL THEN c.account_id END) AS account_id,
               c.id AS contact_id, c.n AS contacts_alike, c.names AS contact_names,
               u.id AS named_user_id, {more_met} {text} AS told,
               {faults}
        FROM stage s
        LEFT JOIN twice t ON t.key = s.key
        LEFT JOIN account_refs a ON a.ref = s.{p}_account
        LEFT JOIN contact_refs c ON c.row = s.row
        LEFT JOIN user_refs u ON u.ref = s.{p}_user
        {more_joins}
        WHERE NOT s.bad),
    worded AS (
        SELECT m.*, concat_ws(E'\\n', NULLIF(m.told, ''),
                   CASE WHEN m.{p}_user IS NOT NULL AND m.named_user_id IS NULL
                        THEN format(%(by)s, m.{p}_user) END,
                   CASE WHEN m.{p}_contact IS NOT NULL AND m.contact_id IS NULL
                        THEN format(%(about)s, m.{p}_contact) END) AS text
        FROM met m),
    known AS (
        SELECT w.*, COALESCE(w.key, 'row ' || md5(concat_ws('|', {told_by}, w.told)) || ' ' || row_number()
                   OVER (PARTITION BY {told_by}, w.told ORDER BY w.row)) AS external_id
        FROM worded w)
    SELECT k.row, k.account_id, k.contact_id, k.external_id, k.text, k.field, k.reason, {more}
           COALESCE(k.named_user_id, CASE WHEN {someone} THEN %(default_user)s::bigint END) AS user_id,
           k.{p}_user IS NOT NULL AND k.named_user_id IS NULL AS user_unknown,
           k.{p}_contact IS NOT NULL AND k.contact_id IS NULL AS contact_unknown,
           %(as_of)s::date AS as_of, r.id AS record_id, r.account_id AS account_before, NULL::text AS status
    FROM known k LEFT JOIN {table} r ON r.external_id = k.external_id
"""
"""Per good row: whose it is, who did it, the words it keeps, and the record it meets.

A row without an id is known by what it says; the same words twice on one day are two rows.
"""


class History(Target):
    """Rows of one account each, matched by their id, else by what they say."""

    model: ClassVar[type[models.Model]]
    prefix: ClassVar[str]
    text: ClassVar[str]
    """SQL of the words of a row, before names are added that are not here."""
    told_by: ClassVar[str]
    """SQL of what tells rows without an id apart, beside their words; the row is ``w``."""
    given: ClassVar[dict[str, str]]
    """Columns of the record to SQL, for new rows and for changed ones."""
    given_new: ClassVar[dict[str, str]] = {}
    """Columns that only a new row fills, or fills otherwise."""
    users: ClassVar[tuple[str, ...]] = ()
    """Columns of the stage that name one of us, beside ``…_user``."""
    more_met: ClassVar[str] = ""
    more_joins: ClassVar[str] = ""
    more: ClassVar[str] = ""
    someone: ClassVar[str] = "true"
    """When the default user stands for somebody who is not named or not here."""
    settled: ClassVar[str] = "false"
    """SQL: rows of ours that no file changes any more."""
    called: str = "COALESCE(s.key, left(j.text, 60))"

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    def faults(self) -> list[tuple[str, str, str]]:
        p = self.prefix
        return [
            self.refuse_twice(),
            *references.no_account(f"'{p}.account'", f"{p}_account"),
            ("c.n > 1", f"'{p}.contact'", f"format(%(contacts_alike)s, s.{p}_contact, left(c.names, 150))"),
            (
                f"s.{p}_account IS NULL AND c.account_id IS NULL",
                f"'{p}.account'",
                f"CASE WHEN s.{p}_contact IS NULL THEN %(nobody)s "
                f"ELSE format(%(contact_missing)s, s.{p}_contact) END",
            ),
        ]

    def judge(self, cursor: CursorWrapper) -> None:
        p = self.prefix
        references.find(
            cursor, account=f"{p}_account", contact=f"{p}_contact", users=(f"{p}_user", *self.users)
        )
        sql = JUDGE.format(
            twice=staging.TWICE,
            p=p,
            table=self.table,
            text=self.text,
            told_by=self.told_by,
            more_met=self.more_met,
            more_joins=self.more_joins,
            more=self.more,
            someone=self.someone,
            faults=staging.judged_case(self.faults()),
        )
        default = references.default_user(cursor, self.options.default_owner)
        self.execute(cursor, sql, default_user=default, today=timezone.localdate())
        cursor.execute(
            "UPDATE judged SET status = CASE WHEN record_id IS NULL THEN 'new' ELSE 'unchanged' END"
        )
        cursor.execute(
            f"UPDATE judged j SET status = 'changed' FROM stage s, {self.table} r "
            f"WHERE s.row = j.row AND r.id = j.record_id AND NOT ({self.settled}) "
            f"AND {staging.differs('r', self.governed('r', self.given, p))}"
        )
        self._say_who_is_not_here(cursor)

    def words(self) -> dict[str, str]:
        return super().words() | references.words() | {
            "by": _("By %s."),
            "about": _("With %s."),
            "nobody": _("Whose is it? Name the account, or a contact by id or e-mail."),
            "contact_missing": _("No contact has the id or e-mail “%s”. Name the account as well."),
        }  # fmt: skip

    def _say_who_is_not_here(self, cursor: CursorWrapper) -> None:
        """Names that are kept in words: how many rows, and the first of them."""
        for column, say in (("user", _users_not_here), ("contact", _contacts_not_here)):
            cursor.execute(
                f"SELECT count(*), (array_agg(DISTINCT s.{self.prefix}_{column}))[1:5] "
                f"FROM judged j JOIN stage s USING (row) WHERE j.{column}_unknown AND j.reason IS NULL"
            )
            rows, names = cursor.fetchone()
            if rows:
                self.notes.append(say(rows, ", ".join(name[:40] for name in names)))

    def apply(self, cursor: CursorWrapper) -> None:
        source = "FROM stage s JOIN judged j USING (row)"
        new = self.given | self.given_new | {"external_id": "j.external_id"}
        self.insert(cursor, self.model, new, f"{source} WHERE j.status = 'new' ORDER BY s.row")
        watch(cursor, self.model, "SELECT record_id FROM judged WHERE status = 'changed'")
        columns = self.governed("r", self.given, self.prefix)
        cursor.execute(
            f"UPDATE {self.table} r SET {staging.assignments('r', columns)}, updated_at = %s "
            f"{source} WHERE r.id = j.record_id AND j.status = 'changed'",
            [timezone.now()],
        )
        staging.touch(
            cursor,
            "SELECT unnest(ARRAY[account_id, account_before]) FROM judged WHERE status <> 'unchanged'",
        )


def _users_not_here(rows: int, names: str) -> str:
    text = ngettext(
        "%(n)d row names somebody who is no user here (%(names)s): the name is kept in its words.",
        "%(n)d rows name people who are no users here (%(names)s): the names are kept in their words.",
        rows,
    )
    return text % {"n": rows, "names": names}


def _contacts_not_here(rows: int, names: str) -> str:
    text = ngettext(
        "%(n)d row names somebody who is no contact of the account (%(names)s): kept in its words.",
        "%(n)d rows name people who are no contacts of the account (%(names)s): kept in their words.",
        rows,
    )
    return text % {"n": rows, "names": names}
