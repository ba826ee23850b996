"""A customer file: accounts, the contact each row may name, and when they were last contacted."""
# ruff: noqa: S608 - names come from the registry of fields, values are always parameters

from __future__ import annotations

from typing import Any, ClassVar

from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, BookEntry
from contacts.models import Contact, Interaction
from core.phones import e164
from core.places import zone_of
from imports import policy, staging
from imports.errors import RefusedError
from imports.models import ImportedOwner
from imports.owners import bring_along_what_leavers_noted
from imports.targets import finding, named_owners, people, references
from imports.targets.base import Target, Values
from imports.undo.journal import watch

_SAME = (  # noqa: SIM905
    "name street city region postal_code country phone fax email website industry employees yearly_revenue "
    "network_value language about"
).split()
ACCOUNT_COLUMNS = {name: f"s.account_{name}" for name in _SAME} | {
    "phone_e164": people.E164.format("account_phone", "a.phone"),
    "owner_id": "j.owner_id",
}
NEW_ACCOUNT = {name: f"s.account_{name}" for name in _SAME} | {
    "id": "j.account_id",
    "external_id": "s.account_external_id",
    "phone_e164": "s.account_phone_e164",
    "time_zone": "s.account_time_zone",
    "owner_id": "COALESCE(j.owner_id, j.default_owner_id)",
    "owner_since": "CASE WHEN COALESCE(j.owner_id, j.default_owner_id) IS NOT NULL THEN j.as_of END",
    "facts_from": "j.as_of",
}
_PERSON = "first_name last_name job_title department email phone mobile external_id".split()  # noqa: SIM905
CONTACT_COLUMNS = people.changing(_PERSON)
NEW_CONTACT = people.new(_PERSON, "true")
OWNER_NOW = (
    "CASE WHEN a.owner_id = j.owner_id THEN s.account_owner "
    "ELSE (SELECT o.display_name FROM users_user o WHERE o.id = a.owner_id) END"
)
TALK_ID = "'last-contact ' || j.account_id || ' ' || s.account_last_contacted_on"
FAULTS = [
    (
        "s.account_owner IS NOT NULL AND u.id IS NULL",
        "'account.owner'",
        "format(%(no_user)s, s.account_owner)",
    ),
    ("u.id IS NOT NULL AND NOT u.may_own", "'account.owner'", "format(%(no_owner)s, s.account_owner)"),
    ("p.n > 1", "'contact.external_id'", "format(%(person_twice)s, s.contact_external_id)"),
    (
        "x.account_id <> a.id OR (x.id IS NOT NULL AND a.id IS NULL)",
        "'contact.external_id'",
        "format(%(elsewhere)s, s.contact_external_id)",
    ),
]
JUDGE = """
    CREATE TEMP TABLE judged ON COMMIT DROP AS
    WITH {tables} twice AS ({twice}),
         persons AS (SELECT contact_external_id AS id, count(*) AS n FROM stage
                     WHERE NOT bad GROUP BY 1),
         people AS ({people}),
         owners AS (SELECT people.ref, o.id,
                           o.is_active AND o.roles && %(owning)s::varchar(12)[] AS may_own
                    FROM people JOIN users_user o USING (id))
    SELECT s.row, a.id AS account_id, c.id AS contact_id, {owner} AS owner_id, a.owner_id AS owner_before,
           %(default_owner)s::bigint AS default_owner_id,
           %(as_of)s::date AS as_of, {faults},
           a.id IS NOT NULL AND {account_changed} AS account_changed,
           c.id IS NULL AND s.contact_last_name IS NOT NULL AS contact_new,
           c.id IS NOT NULL AND {contact_changed} AS contact_changed,
           s.account_last_contacted_on IS NOT NULL AND NOT EXISTS (
               SELECT FROM contacts_interaction i WHERE i.account_id = a.id
               AND i.external_id = 'last-contact ' || a.id || ' ' || s.account_last_contacted_on
           ) AS talk_new,
           NULL::text AS status
    FROM stage s
    LEFT JOIN twice t ON t.key = s.key
    LEFT JOIN persons p ON p.id = s.contact_external_id
    LEFT JOIN owners u ON u.ref = s.account_owner
    {joins}
    LEFT JOIN contacts_contact x ON x.external_id = s.contact_external_id
    LEFT JOIN LATERAL (
        SELECT * FROM contacts_contact o
        WHERE o.id = x.id OR (x.id IS NULL AND o.account_id = a.id AND s.contact_last_name IS NOT NULL
              AND o.name_folded = {folded})
        ORDER BY o.left_on IS NOT NULL, o.id LIMIT 1) c ON true
    WHERE NOT s.bad
"""
"""Per good row: the records it meets, and whether the account, the contact and the last talk are news."""


class Accounts(Target):
    """Accounts are found as the option ``match`` says, a contact by its id, else by name in its account."""

    kind: ClassVar[str] = "accounts"
    key_field: ClassVar[str] = "account.external_id"
    extra: ClassVar[tuple[tuple[str, str], ...]] = (
        ("account_phone_e164", "text"),
        ("account_time_zone", "text"),
        *people.EXTRA,
    )
    derived: ClassVar[tuple[str, ...]] = people.DERIVED
    named: ClassVar[dict[str, tuple[str, ...]]] = {**people.NAMED, "owner_id": ()}  # see _owner
    shown: ClassVar[dict[str, str]] = (
        {f"account_{name}": f"a.{name}" for name in _SAME}
        | {"account_owner": OWNER_NOW}
        | {f"contact_{name}": f"c.{name}" for name in _PERSON}
    )
    joined: ClassVar[str] = (
        "LEFT JOIN accounts_account a ON a.id = j.account_id "
        "LEFT JOIN contacts_contact c ON c.id = j.contact_id"
    )

    def __init__(self, *said: Any) -> None:
        super().__init__(*said)
        if not finding.is_by_number(self.options.match):
            self.called = "COALESCE(s.account_name, s.key)"
        if self.options.match == policy.NAME_COUNTRY:  # it is that name, however the file writes it
            self.policies = {**self.policies, "account.name": policy.NEVER}

    def finish(self, values: Values) -> None:
        people.split_whole_name(values)
        if not values.get("contact_last_name") and any(name.startswith("contact_") for name in values):
            raise RefusedError(_("A contact needs a last name."), "contact.last_name")
        country = values.get("account_country", "")
        for phone in ("account_phone", "contact_phone", "contact_mobile"):
            if values.get(phone):
                values[f"{phone}_e164"] = e164(values[phone], country) or None
        values["account_time_zone"] = (zone_of(country) or None) if country else None
        match = self.options.match
        if match == policy.EMAIL and not self.key(values):
            raise RefusedError(_("Empty, but the account is found by it."), "account.email")
        if match == policy.PHONE and not self.key(values):
            text = _("“%s” cannot be dialled: write it with the country code, or give the country.")
            raise RefusedError(text % values.get("account_phone", "")[:40], "account.phone")

    def key(self, values: Values) -> str | None:
        return finding.key(self.options.match, values)

    def refuse_twice(self) -> tuple[str, str, str]:
        held, _field, words = super().refuse_twice()
        return held, f"'{finding.FIELD.get(self.options.match, self.key_field)}'", words

    def judge(self, cursor: CursorWrapper) -> None:
        match = self.options.match
        if "account.owner" in self.mapping.columns:
            self.strangers = named_owners.settle(cursor, "account_owner", self.options.people)
            self.notes += named_owners.notes(self.strangers)
        accounts, contacts = self._changes()
        sql = JUDGE.format(
            tables=finding.tables(match),
            twice=staging.TWICE,
            people=staging.PEOPLE,
            joins=finding.joins(match),
            faults=staging.judged_case([*finding.faults(match), self.refuse_twice(), *FAULTS]),
            owner=self._owner(),
            account_changed=staging.differs("a", accounts).replace("j.owner_id", self._owner()),
            contact_changed=staging.differs("c", contacts),
            folded=people.FOLDED,
        )
        default_owner = references.default_user(cursor, self.options.default_owner, owns=True)
        self.execute(cursor, sql, default_owner=default_owner, owning=["salesperson", "manager"])
        cursor.execute(
            "UPDATE judged SET status = CASE WHEN account_id IS NULL THEN 'new' "
            "WHEN account_changed OR contact_new OR contact_changed OR talk_new THEN 'changed' "
            "ELSE 'unchanged' END"
        )

    def _changes(self) -> tuple[dict[str, str], dict[str, str]]:
        """What may change at accounts and at contacts. An id is given to whom has none, never exchanged."""
        accounts = self.governed("a", ACCOUNT_COLUMNS, "account") | {"owner_id": "j.owner_id"}
        if not finding.is_by_number(self.options.match):
            accounts["external_id"] = "CASE WHEN a.external_id IS NULL THEN s.account_external_id END"
        return accounts, self.governed("c", CONTACT_COLUMNS, "contact")

    def _owner(self) -> str:
        """The owner that the row gives its account, as far as the policy lets it."""
        rule = self.policies.get("account.owner")
        held = {policy.FILL: "a.owner_id IS NULL", policy.NEVER: "a.id IS NULL"}.get(rule or "")
        return f"CASE WHEN {held} THEN u.id END" if held else "u.id"

    def words(self) -> dict[str, str]:
        return super().words() | {
            "no_owner": _("“%s” cannot own accounts: an owner is an active salesperson or manager."),
            "person_twice": _("Two rows of this file have the contact id “%s”. Keep one of them."),
            "elsewhere": _("The contact id “%s” belongs to a contact of another account."),
            "several": _("%s accounts fit this row: %s. Merge them, or find accounts by another key."),
            "same": _(
                "Lines %s of this file are the same account, “%s”. Keep one of them; "
                "more people come in with a file of contacts."
            ),
            "same_name": _(
                "Lines %s of this file may be the same account, “%s”. "
                "Keep one of them, or give each its country."
            ),
            "number_twice": _("Two rows of this file have the account id “%s”. Keep one of them."),
            "merged": _(
                "The account with the id “%s” was merged into “%s”. Give the row that account's id,"
                " or leave it out."
            ),
            "number_taken": _("The account id “%s” belongs to another account, “%s”."),
        }

    def apply(self, cursor: CursorWrapper) -> None:
        now = timezone.now()
        source = "FROM stage s JOIN judged j USING (row)"
        accounts, contacts = self._changes()
        self._watch(cursor)
        staging.number(cursor, Account, "account_id")
        self.insert(cursor, Account, NEW_ACCOUNT, f"{source} WHERE j.status = 'new' ORDER BY s.row")
        cursor.execute(
            f"UPDATE accounts_account a SET {staging.assignments('a', accounts)}, updated_at = %s, "
            "owner_since = CASE WHEN j.owner_id <> a.owner_id OR (j.owner_id IS NOT NULL "
            "AND a.owner_id IS NULL) THEN j.as_of ELSE a.owner_since END, "
            # somebody whom an import only supposed to own it was no owner who could hand it over
            "owner_before_id = CASE WHEN j.owner_id <> a.owner_id AND NOT EXISTS ("
            "SELECT FROM imports_importedowner o WHERE o.account_id = a.id AND o.owner_id = a.owner_id"
            ") THEN a.owner_id ELSE a.owner_before_id END "
            f"{source} WHERE a.id = j.account_id AND j.account_changed",
            [now],
        )
        self._owners(cursor)
        self.made["contacts"] = self.insert(
            cursor, Contact, NEW_CONTACT, f"{source} WHERE j.contact_new ORDER BY s.row"
        )
        cursor.execute(
            f"UPDATE contacts_contact c SET {staging.assignments('c', contacts)}, updated_at = %s "
            f"{source} WHERE c.id = j.contact_id AND j.contact_changed",
            [now],
        )
        self._talks(cursor)
        staging.touch(cursor, "SELECT account_id FROM judged WHERE status <> 'unchanged'")

    def _watch(self, cursor: CursorWrapper) -> None:
        """What will change: accounts, contacts, and with an owner the book and the note of an import."""
        owned = "FROM judged j WHERE j.account_id IS NOT NULL AND j.owner_id IS NOT NULL"
        watch(cursor, Account, "SELECT account_id FROM judged WHERE account_changed")
        watch(cursor, Contact, "SELECT contact_id FROM judged WHERE contact_changed")
        watch(cursor, ImportedOwner, f"SELECT j.account_id {owned}")
        books = f"SELECT b.id FROM accounts_bookentry b WHERE b.account_id IN (SELECT j.account_id {owned})"
        watch(cursor, BookEntry, books)

    def _owners(self, cursor: CursorWrapper) -> None:
        """A default owner gives way to the seller of a purchase; an owner named in the file does not.

        Whoever looked after an account until now has it no more in their book; what they noted goes along if
        they have left.
        """
        cursor.execute(
            "DELETE FROM accounts_bookentry b USING judged j JOIN accounts_account a ON a.id = j.account_id "
            "WHERE b.account_id = a.id AND b.user_id = j.owner_before AND a.owner_id <> j.owner_before"
        )
        cursor.execute(
            "SELECT a.id, j.owner_before, a.owner_id "
            "FROM judged j JOIN accounts_account a ON a.id = j.account_id WHERE a.owner_id <> j.owner_before"
        )
        bring_along_what_leavers_noted(cursor.fetchall())
        cursor.execute(
            "DELETE FROM imports_importedowner o USING judged j "
            "WHERE j.account_id = o.account_id AND j.owner_id IS NOT NULL"
        )
        defaulted = (
            "FROM judged j WHERE j.status = 'new' AND j.owner_id IS NULL AND j.default_owner_id IS NOT NULL"
        )
        given = {"account_id": "j.account_id", "owner_id": "j.default_owner_id"}
        self.insert(cursor, ImportedOwner, given, defaulted)

    def _talks(self, cursor: CursorWrapper) -> None:
        """A mapped date of last contact is an imported call that reached them, by the owner's side."""
        given = {
            "account_id": "j.account_id",
            "kind": f"'{Interaction.Kind.CALL}'",
            "outcome": f"'{Interaction.Outcome.TALKED}'",
            "reached": "true",
            "by_owner_side": "true",
            "happened_on": "s.account_last_contacted_on",
            "user_id": "(SELECT a.owner_id FROM accounts_account a WHERE a.id = j.account_id)",
            "source": f"'{Interaction.Source.IMPORT}'",
            "external_id": TALK_ID,
        }
        source = "FROM stage s JOIN judged j USING (row) WHERE j.talk_new ORDER BY s.row"
        self.made["interactions"] = self.insert(cursor, Interaction, given, source)
