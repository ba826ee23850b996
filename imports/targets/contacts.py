"""A file of people alone: the contacts of accounts that are here, or an address book."""
# ruff: noqa: S608 - names come from the registry of fields, values are always parameters

from __future__ import annotations

from typing import ClassVar

from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact
from core.phones import e164
from imports import staging
from imports.errors import RefusedError
from imports.targets import people, references
from imports.targets.base import Target, Values
from imports.undo.journal import watch

_SAME = "first_name last_name job_title department email phone mobile language about external_id".split()  # noqa: SIM905
COLUMNS = people.changing(_SAME)
NEW = people.new(_SAME, "row_number() OVER (PARTITION BY j.account_id ORDER BY s.row) = 1")
JUDGE = """
    CREATE TEMP TABLE judged ON COMMIT DROP AS
    WITH twice AS ({twice}),
    named AS (
        SELECT s.row, a.id AS account_id, {folded} AS name, s.contact_email AS mail
        FROM stage s JOIN account_refs a ON a.ref = s.contact_account AND a.id IS NOT NULL
        WHERE NOT s.bad AND s.contact_external_id IS NULL),
    ways AS (
        SELECT row, account_id, CASE WHEN bool_or(mail IS NULL) OVER (PARTITION BY account_id, name)
               THEN 'called ' || name ELSE mail END AS way FROM named),
    groups AS (
        SELECT account_id, way, array_to_string((array_agg(row ORDER BY row))[1:5], ', ') AS lines
        FROM ways GROUP BY 1, 2 HAVING count(*) > 1),
    double AS (SELECT row, lines FROM ways JOIN groups USING (account_id, way)),
    same AS (
        SELECT s.row, c.id,
               rank() OVER (PARTITION BY s.row ORDER BY meets.rank, c.left_on IS NOT NULL) AS place
        FROM stage s
        JOIN account_refs a ON a.ref = s.contact_account
        JOIN contacts_contact c ON c.account_id = a.id
        CROSS JOIN LATERAL (SELECT CASE
            WHEN c.external_id = s.contact_external_id THEN 1
            WHEN c.external_id IS NOT NULL AND s.contact_external_id IS NOT NULL THEN NULL
            WHEN c.email <> '' AND lower(c.email) = s.contact_email THEN 2
            WHEN c.name_folded = {folded} AND (s.contact_email IS NULL OR c.email = '') THEN 3
            END AS rank) AS meets
        WHERE NOT s.bad AND meets.rank IS NOT NULL),
    met AS (SELECT row, min(id) AS id, count(*) AS n FROM same WHERE place = 1 GROUP BY row)
    SELECT s.row, a.id AS account_id, c.id AS contact_id, {faults},
           CASE WHEN c.id IS NULL THEN 'new' WHEN {changed} THEN 'changed' ELSE 'unchanged' END AS status
    FROM stage s
    LEFT JOIN twice t ON t.key = s.key
    LEFT JOIN double d ON d.row = s.row
    LEFT JOIN account_refs a ON a.ref = s.contact_account
    LEFT JOIN contacts_contact x ON x.external_id = s.contact_external_id
    LEFT JOIN met ON met.row = s.row AND met.n = 1
    LEFT JOIN met alike ON alike.row = s.row AND alike.n > 1
    LEFT JOIN contacts_contact c ON c.id = met.id
    WHERE NOT s.bad
"""
"""Per good row the person it meets at its account: by id, else by e-mail, else by name.

Rows of one file without ids are told apart in the same way: by e-mail, or by name where one has none.
"""

LOCAL = """
    SELECT s.row, CASE WHEN s.contact_phone_e164 IS NULL THEN s.contact_phone END,
           CASE WHEN s.contact_mobile_e164 IS NULL THEN s.contact_mobile END, y.country
    FROM stage s JOIN account_refs a ON a.ref = s.contact_account JOIN accounts_account y ON y.id = a.id
    WHERE NOT s.bad AND y.country <> '' AND (s.contact_phone_e164 IS NULL AND s.contact_phone IS NOT NULL
          OR s.contact_mobile_e164 IS NULL AND s.contact_mobile IS NOT NULL)
"""
"""Numbers without the code of a country, and where they are dialled from."""


class Contacts(Target):
    """People are met within their account: by id, by e-mail, or by name where an e-mail does not object."""

    kind: ClassVar[str] = "contacts"
    key_field: ClassVar[str] = "contact.external_id"
    extra: ClassVar[tuple[tuple[str, str], ...]] = people.EXTRA
    derived: ClassVar[tuple[str, ...]] = people.DERIVED
    shown: ClassVar[dict[str, str]] = {f"contact_{name}": f"c.{name}" for name in _SAME}
    joined: ClassVar[str] = "LEFT JOIN contacts_contact c ON c.id = j.contact_id"
    named: ClassVar[dict[str, tuple[str, ...]]] = people.NAMED

    def finish(self, values: Values) -> None:
        people.split_whole_name(values)
        if not values.get("contact_last_name"):
            raise RefusedError(_("A contact needs a last name."), "contact.last_name")
        for phone in ("contact_phone", "contact_mobile"):
            if values.get(phone):
                values[f"{phone}_e164"] = e164(values[phone], "") or None

    def key(self, values: Values) -> str | None:
        """Their id, else who they are at which account."""
        if found := values.get("contact_external_id"):
            return str(found)
        who = values.get("contact_email") or " ".join(
            values.get(f"contact_{part}") or "" for part in ("first_name", "last_name", "name")
        )
        return f"{values.get('contact_account', '')}\x1f{who.strip().casefold()}" if who.strip() else None

    def judge(self, cursor: CursorWrapper) -> None:
        references.find(cursor, account="contact_account")
        self._dial(cursor)
        faults = [
            self.refuse_twice(),
            *references.no_account("'contact.account'", "contact_account"),
            ("x.account_id <> a.id", "'contact.external_id'", "format(%(elsewhere)s, s.contact_external_id)"),
            (
                "d.row IS NOT NULL",
                "'contact.last_name'",
                "format(%(double)s, d.lines, concat_ws(' ', s.contact_first_name, s.contact_last_name))",
            ),
            ("alike.n > 1", "'contact.last_name'", "format(%(alike)s, s.contact_last_name, alike.n)"),
        ]
        sql = JUDGE.format(
            twice=staging.TWICE,
            folded=people.FOLDED,
            faults=staging.judged_case(faults),
            changed=staging.differs("c", self.governed("c", COLUMNS, "contact")),
        )
        self.execute(cursor, sql)

    def _dial(self, cursor: CursorWrapper) -> None:
        """Numbers as machines dial them, where the country of the account makes it certain."""
        cursor.execute(LOCAL)
        local = cursor.fetchall()
        cursor.execute("CREATE TEMP TABLE dialled (row int, phone text, mobile text) ON COMMIT DROP")
        copier = staging.Copier(cursor, "dialled", ("row", "phone", "mobile"))
        for row, phone, mobile, country in local:
            copier.add((row, phone and e164(phone, country), mobile and e164(mobile, country)))
        copier.flush()
        cursor.execute(
            "UPDATE stage s SET contact_phone_e164 = COALESCE(s.contact_phone_e164, d.phone), "
            "contact_mobile_e164 = COALESCE(s.contact_mobile_e164, d.mobile) "
            "FROM dialled d WHERE d.row = s.row"
        )
        cursor.execute("DROP TABLE dialled")

    def words(self) -> dict[str, str]:
        return super().words() | references.words() | {
            "elsewhere": _("The contact id “%s” belongs to a contact of another account."),
            "double": _(
                "Lines %s of this file may be the same person, “%s”. "
                "Keep one of them, or give each an e-mail or an id."
            ),
            "alike": _("“%s” may be any of %s contacts of this account. Give an id or an e-mail."),
        }  # fmt: skip

    def apply(self, cursor: CursorWrapper) -> None:
        source = "FROM stage s JOIN judged j USING (row)"
        self.insert(cursor, Contact, NEW, f"{source} WHERE j.status = 'new' ORDER BY s.row")
        watch(cursor, Contact, "SELECT contact_id FROM judged WHERE status = 'changed'")
        columns = self.governed("c", COLUMNS, "contact")
        cursor.execute(
            f"UPDATE contacts_contact c SET {staging.assignments('c', columns)}, updated_at = %s "
            f"{source} WHERE c.id = j.contact_id AND j.status = 'changed'",
            [timezone.now()],
        )
        staging.touch(cursor, "SELECT account_id FROM judged WHERE status <> 'unchanged'")
