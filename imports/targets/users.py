"""A file of the people who work here. They get no login by it: somebody invites them later."""
# ruff: noqa: S608 - names come from the registry of fields, values are always parameters

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.hashers import make_password
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from core import facts
from imports import staging
from imports.errors import RefusedError
from imports.targets.base import Target, Values
from imports.undo.journal import watch
from users.models import Company, User

COLUMNS = {
    "display_name": "s.user_display_name",
    "email": "s.user_email",
    "external_id": "s.user_external_id",
    "job_title": "s.user_job_title",
    "department": "s.user_department",
    "language": "s.user_language",
}


class Users(Target):
    """Matched by their id, else by e-mail. New ones get the roles of the option and cannot sign in yet."""

    kind: ClassVar[str] = "users"
    key_field: ClassVar[str] = "user.external_id"
    derived: ClassVar[tuple[str, ...]] = ("user_display_name",)
    shown: ClassVar[dict[str, str]] = {stage[2:]: f"u.{name}" for name, stage in COLUMNS.items()}
    joined: ClassVar[str] = "LEFT JOIN users_user u ON u.id = j.user_id"
    named: ClassVar[dict[str, tuple[str, ...]]] = {
        "display_name": ("user.display_name", "user.last_name", "user.first_name")
    }

    def finish(self, values: Values) -> None:
        whole = f"{values.get('user_first_name', '')} {values.get('user_last_name', '')}".strip()
        values.setdefault("user_display_name", whole)
        if not values["user_display_name"]:
            raise RefusedError(_("A user needs a name."), "user.last_name")
        if len(values["user_display_name"]) > 120:
            raise RefusedError(
                _("First and last name have more than 120 characters together."), "user.last_name"
            )
        if self.key(values) is None:
            raise RefusedError(_("A user needs an id or an e-mail."), "user.external_id")

    def key(self, values: Values) -> str | None:
        found = values.get("user_external_id") or values.get("user_email")
        return None if found is None else str(found)

    def judge(self, cursor: CursorWrapper) -> None:
        faults = [
            self.refuse_twice(),
            ("m.n > 1", "'user.email'", "format(%(mail_twice)s, s.user_email)"),
            (
                "e.id <> x.id OR (x.id IS NULL AND e.external_id <> s.user_external_id)",
                "'user.email'",
                "format(%(mail_taken)s, s.user_email, e.display_name)",
            ),
            ("u.email <> s.user_email", "'user.email'", "format(%(mail_kept)s, u.email)"),
        ]
        changed = staging.differs("u", self.governed("u", COLUMNS, "user"))
        self.execute(
            cursor,
            f"""
            CREATE TEMP TABLE judged ON COMMIT DROP AS
            WITH twice AS ({staging.TWICE}),
                 mails AS (SELECT user_email, count(*) AS n FROM stage WHERE NOT bad GROUP BY user_email)
            SELECT s.row, u.id AS user_id, {staging.judged_case(faults)},
                   CASE WHEN u.id IS NULL THEN 'new' WHEN {changed} THEN 'changed'
                        ELSE 'unchanged' END AS status
            FROM stage s
            LEFT JOIN twice t ON t.key = s.key
            LEFT JOIN mails m ON m.user_email = s.user_email
            LEFT JOIN users_user x ON x.external_id = s.user_external_id
            LEFT JOIN users_user e ON e.email = s.user_email
            LEFT JOIN users_user u ON u.id = COALESCE(x.id, e.id)
            WHERE NOT s.bad
            """,
            mail_twice=_("Two rows of this file have the e-mail “%s”. Keep one of them."),
            mail_taken=_("The e-mail “%s” belongs to %s already."),
            mail_kept=_(
                "This user signs in as “%s”; an e-mail is changed on the page of the user, not by import."
            ),
        )

    def apply(self, cursor: CursorWrapper) -> None:
        now = timezone.now()
        new = "FROM stage s JOIN judged j USING (row) WHERE j.status = 'new' ORDER BY s.row"
        roles = "ARRAY['" + "','".join(self.options.roles) + "']::varchar(12)[]"
        given = COLUMNS | {
            "roles": roles,
            "password": f"'{make_password(None)}'",
            "time_zone": "(SELECT time_zone FROM users_company)",
        }
        Company.get()
        self.insert(cursor, User, given, new)
        columns = self.governed("u", COLUMNS, "user")
        watch(cursor, User, "SELECT user_id FROM judged WHERE status = 'changed'")
        cursor.execute(
            f"UPDATE users_user u SET {staging.assignments('u', columns)}, updated_at = %s "
            "FROM stage s JOIN judged j USING (row) WHERE j.user_id = u.id AND j.status = 'changed'",
            [now],
        )
        cursor.execute(
            "SELECT u.id FROM users_user u "
            "JOIN stage s ON u.external_id = s.user_external_id OR u.email = s.user_email "
            "JOIN judged j USING (row) WHERE j.status <> 'unchanged'"
        )
        facts.changed(user_ids=[pk for (pk,) in cursor.fetchall()])
