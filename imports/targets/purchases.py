"""An order history: purchases, and who looks after an account by it."""
# ruff: noqa: S608 - names come from the registry of fields, values are always parameters

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import ClassVar

from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, BookEntry
from imports import staging
from imports.errors import RefusedError
from imports.models import ImportedOwner
from imports.owners import bring_along_what_leavers_noted
from imports.policy import UPDATE
from imports.reading import Row, inert
from imports.targets.amounts import currency_of
from imports.targets.base import Target, Values
from imports.undo.journal import watch
from sales.models import Purchase
from users.models import Company

COLUMNS = {
    "account_id": "a.id",
    "purchased_on": "s.purchase_purchased_on",
    "sold_by_id": "u.id",
    "buyer_id": "b.id",
    # the usual one is for new rows: it undoes nobody's correction
    "currency": "CASE WHEN s.purchase_currency_said THEN s.purchase_currency END",
    "about": "s.purchase_about",
    # the sum of the lines is the amount wherever there are lines
    "amount": "CASE WHEN EXISTS (SELECT FROM sales_purchaseline l WHERE l.purchase_id = p.id) "
    "THEN p.amount ELSE s.purchase_amount END",
}
BUYERS = """
    SELECT DISTINCT ON (s.row) s.row, c.id
    FROM stage s JOIN accounts_account a ON a.external_id = s.purchase_account
    JOIN contacts_contact c ON c.account_id = a.id
    CROSS JOIN LATERAL (VALUES
        (c.external_id = s.purchase_buyer, lower(c.email) = lower(s.purchase_buyer),
         tend_fold(s.purchase_buyer) = tend_fold(btrim(c.first_name || ' ' || c.last_name))
         OR tend_fold(replace(s.purchase_buyer, ',', '')) = c.name_folded)) AS same (id, email, name)
    WHERE NOT s.bad AND s.purchase_buyer IS NOT NULL AND (same.id OR same.email OR same.name)
    ORDER BY s.row, same.id IS TRUE DESC, same.email DESC, c.left_on IS NOT NULL, c.id
"""
"""How files name contacts of an account: by their id, their e-mail or their name; who left bought, too."""

OWNERS = """
    WITH latest AS (
        SELECT DISTINCT ON (p.account_id) p.account_id, p.sold_by_id
        FROM sales_purchase p JOIN touched USING (account_id)
        WHERE p.voided_at IS NULL AND p.amount >= 0 AND p.sold_by_id IS NOT NULL
        ORDER BY p.account_id, p.purchased_on DESC,
                 (CASE WHEN p.external_id ~ '^[0-9]{1,40}$' THEN p.external_id::numeric END) DESC NULLS LAST,
                 p.external_id COLLATE "C" DESC NULLS LAST, p.id DESC),
    given AS (
        SELECT l.account_id, l.sold_by_id, a.owner_id AS before FROM latest l
        JOIN accounts_account a ON a.id = l.account_id
        JOIN users_user u ON u.id = l.sold_by_id AND u.is_active
             AND u.roles && ARRAY['salesperson', 'manager']::varchar(12)[]
        LEFT JOIN imports_importedowner o ON o.account_id = a.id
        WHERE a.owner_id IS NULL OR (a.owner_id = o.owner_id AND a.owner_id <> l.sold_by_id)),
    kept AS (
        INSERT INTO imports_importedowner (account_id, owner_id) SELECT account_id, sold_by_id FROM given
        ON CONFLICT (account_id) DO UPDATE SET owner_id = EXCLUDED.owner_id),
    freed AS (
        DELETE FROM accounts_bookentry b USING given
        WHERE b.account_id = given.account_id AND b.user_id = given.before)
    UPDATE accounts_account a
    SET owner_id = given.sold_by_id, owner_since = %s, owner_before_id = NULL, updated_at = %s
    FROM given WHERE given.account_id = a.id
    RETURNING a.id, given.before, a.owner_id
"""
"""The owner is the seller of the latest purchase (same day: highest number), unless a person set another."""

MOVED = """
    UPDATE sales_purchase p SET buyer_id = NULL FROM judged j
    WHERE j.purchase_id = p.id AND j.account_before <> j.account_id AND p.buyer_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM contacts_contact c WHERE c.id = p.buyer_id AND c.account_id = p.account_id)
"""
"""A purchase that turns out to be another account's was not ordered by somebody of the first one."""


class Purchases(Target):
    """Purchases are matched by their id. Without an amount they wait for their lines."""

    kind: ClassVar[str] = "purchases"
    key_field: ClassVar[str] = "purchase.external_id"
    derived: ClassVar[tuple[str, ...]] = ("purchase_currency",)
    extra: ClassVar[tuple[tuple[str, str], ...]] = (("purchase_currency_said", "boolean"),)
    shown: ClassVar[dict[str, str]] = {
        "purchase_account": "a.external_id",
        "purchase_purchased_on": "p.purchased_on",
        "purchase_sold_by": "CASE WHEN w.id = j.seller_id THEN s.purchase_sold_by ELSE w.display_name END",
        "purchase_buyer": "CASE WHEN c.id = j.buyer_id THEN s.purchase_buyer "
        "ELSE btrim(c.first_name || ' ' || c.last_name) END",
        "purchase_amount": "p.amount",
        "purchase_currency": "CASE WHEN s.purchase_currency_said THEN p.currency "
        "ELSE s.purchase_currency END",
        "purchase_about": "p.about",
    }
    joined: ClassVar[str] = (
        "LEFT JOIN sales_purchase p ON p.id = j.purchase_id "
        "LEFT JOIN accounts_account a ON a.id = p.account_id "
        "LEFT JOIN users_user w ON w.id = p.sold_by_id "
        "LEFT JOIN contacts_contact c ON c.id = p.buyer_id"
    )

    named: ClassVar[dict[str, tuple[str, ...]]] = {
        "account_id": ("purchase.account",),
        "sold_by_id": ("purchase.sold_by",),
        "buyer_id": ("purchase.buyer",),
    }

    def clean(self, row: Row) -> Values:
        """With the currency that stands with the amount, where no column has it."""
        values = super().clean(row)
        at = self.amount_at
        said = values.get("purchase_currency")
        if at is not None and "purchase_amount" in values:
            said = currency_of(inert(row.cells[at]), self.currency)
        values["purchase_currency"] = said or self.currency
        values["purchase_currency_said"] = bool(said)
        return values

    @cached_property
    def amount_at(self) -> int | None:
        """Where the amount stands whose currency no other column has."""
        if "purchase.currency" in self.mapping.columns:
            return None
        return next((index for index, field in self.plan if field.key == "purchase.amount"), None)

    def finish(self, values: Values) -> None:
        sign_credit(values, "purchase_amount", "purchase_credit_note", self.options.negative_is_credit)

    @property
    def currency(self) -> str:
        if not hasattr(self, "_currency"):
            self._currency = self.options.currency or Company.get().currency
        return self._currency

    def judge(self, cursor: CursorWrapper) -> None:
        faults = [
            self.refuse_twice(),
            ("a.id IS NULL", "'purchase.account'", "format(%(no_account)s, s.purchase_account)"),
            (
                "s.purchase_sold_by IS NOT NULL AND u.id IS NULL",
                "'purchase.sold_by'",
                "format(%(no_user)s, s.purchase_sold_by)",
            ),
            (
                "s.purchase_buyer IS NOT NULL AND b.id IS NULL",
                "'purchase.buyer'",
                "format(%(no_contact)s, s.purchase_buyer)",
            ),
        ]
        changed = staging.differs("p", self.governed("p", COLUMNS, "purchase"))
        self.execute(
            cursor,
            f"""
            CREATE TEMP TABLE judged ON COMMIT DROP AS
            WITH twice AS ({staging.TWICE}), people AS ({staging.PEOPLE}), buyers AS ({BUYERS})
            SELECT s.row, p.id AS purchase_id, a.id AS account_id, p.account_id AS account_before,
                   u.id AS seller_id, b.id AS buyer_id,
                   {staging.judged_case(faults)},
                   CASE WHEN p.id IS NULL THEN 'new' WHEN {changed} THEN 'changed'
                        ELSE 'unchanged' END AS status
            FROM stage s
            LEFT JOIN twice t ON t.key = s.key
            LEFT JOIN accounts_account a ON a.external_id = s.purchase_account
            LEFT JOIN people u ON u.ref = s.purchase_sold_by
            LEFT JOIN buyers b ON b.row = s.row
            LEFT JOIN sales_purchase p ON p.external_id = s.key
            WHERE NOT s.bad
            """,
        )
        self._first_currency(cursor)

    def _first_currency(self, cursor: CursorWrapper) -> None:
        """The first purchases of an installation decide the currency of the company, and it is said."""
        company = Company.get()
        cursor.execute("SELECT EXISTS (SELECT FROM judged WHERE status = 'new' AND reason IS NULL)")
        first = cursor.fetchone()[0] and self.options.mode != UPDATE and not Purchase.objects.exists()
        self.sets_currency = first and company.currency != self.currency
        if self.sets_currency:
            text = _(
                "These are the first purchases: the company's currency becomes %(new)s (it was %(old)s)."
            )
            self.notes.append(text % {"new": self.currency, "old": company.currency})

    def apply(self, cursor: CursorWrapper) -> None:
        now = timezone.now()
        if self.sets_currency:
            watch(cursor, Company, "SELECT 1", columns=("currency",))
            Company.objects.filter(pk=1).update(currency=self.currency, updated_at=now)
        watch(cursor, Purchase, "SELECT purchase_id FROM judged WHERE status = 'changed'")
        source = "FROM stage s JOIN judged j USING (row)"
        given = {
            "account_id": "j.account_id",
            "external_id": "s.key",
            "purchased_on": "s.purchase_purchased_on",
            "amount": "s.purchase_amount",
            "currency": "s.purchase_currency",
            "sold_by_id": "j.seller_id",
            "buyer_id": "j.buyer_id",
            "about": "s.purchase_about",
        }
        self.insert(cursor, Purchase, given, f"{source} WHERE j.status = 'new' ORDER BY s.row")
        columns = COLUMNS | {
            "account_id": "j.account_id",
            "sold_by_id": "j.seller_id",
            "buyer_id": "j.buyer_id",
        }
        columns = self.governed("p", columns, "purchase")
        cursor.execute(
            f"UPDATE sales_purchase p SET {staging.assignments('p', columns)}, updated_at = %s "
            f"{source} WHERE p.id = j.purchase_id AND j.status = 'changed'",
            [now],
        )
        cursor.execute(MOVED)
        staging.touch(
            cursor,
            "SELECT unnest(ARRAY[account_id, account_before]) FROM judged WHERE status <> 'unchanged'",
        )
        self._owners(cursor, now)

    def _owners(self, cursor: CursorWrapper, now: datetime) -> None:
        """Whoever sold to an account without owner gets it."""
        touched = "SELECT account_id FROM touched"
        watch(cursor, Account, touched, columns=staging.OWNERSHIP)
        watch(cursor, ImportedOwner, touched)
        watch(cursor, BookEntry, f"SELECT id FROM accounts_bookentry WHERE account_id IN ({touched})")
        cursor.execute(OWNERS, [self.as_of, now])
        self.made["owners"] = cursor.rowcount
        bring_along_what_leavers_noted(cursor.fetchall())


def sign_credit(values: Values, amount: str, mark: str, negative_is_credit: bool) -> None:
    """A credit note is negative. Raises RefusedError for a minus that nothing explains."""
    found = values.get(amount)
    if found is None:
        return
    if values.get(mark):
        values[amount] = -abs(found)
    elif found < 0 and not negative_is_credit:
        field = amount.replace("_", ".", 1)
        raise RefusedError(
            _(
                "%s is negative and not marked as a credit note. Map a column that marks credit notes, "
                "or set the option “negative amounts are credit notes”."
            )
            % found.normalize(),
            field,
        )
