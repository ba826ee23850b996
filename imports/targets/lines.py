"""Lines of purchases: their sum is the purchase's amount."""
# ruff: noqa: S608 - names come from the registry of fields, values are always parameters

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from imports import staging
from imports.errors import RefusedError
from imports.targets.base import Target, Values
from imports.targets.purchases import sign_credit
from imports.undo.journal import watch
from sales.models import Purchase, PurchaseLine

COLUMNS = {
    "product": "s.line_product",
    "unit_price": "s.line_unit_price",
    "quantity": "s.line_quantity",
    "discount": "s.line_discount",
}
AMOUNTS = """
    WITH sums AS (
        SELECT l.purchase_id, round(sum(l.unit_price * l.quantity * (1 - l.discount)), 4) AS total
        FROM sales_purchaseline l
        WHERE l.purchase_id IN (SELECT purchase_id FROM judged WHERE status <> 'unchanged')
        GROUP BY l.purchase_id),
    summed AS (
        UPDATE sales_purchase p SET amount = sums.total, updated_at = %s
        FROM sums WHERE sums.purchase_id = p.id AND p.amount <> sums.total
        RETURNING p.account_id)
    INSERT INTO touched SELECT DISTINCT account_id FROM summed ON CONFLICT DO NOTHING
"""
"""Exact in numeric; rounded once, to the 4 decimals that are stored."""

LARGEST = Decimal(10) ** 14


class Lines(Target):
    """A line is matched by its purchase and its own id there (a product id, a line number)."""

    kind: ClassVar[str] = "purchase_lines"
    key_field: ClassVar[str] = "line.line_key"
    shown: ClassVar[dict[str, str]] = {f"line_{name}": f"l.{name}" for name in COLUMNS}
    joined: ClassVar[str] = "LEFT JOIN sales_purchaseline l ON l.id = j.line_id"

    def key(self, values: Values) -> str | None:
        purchase, line = values.get("line_purchase"), values.get("line_line_key")
        return f"{purchase}\x1f{line}" if purchase and line else None

    def finish(self, values: Values) -> None:
        price, quantity = values["line_unit_price"], values["line_quantity"]
        credit, allowed = values.get("line_credit_note"), self.options.negative_is_credit
        if abs(price * quantity) >= LARGEST:
            raise RefusedError(_("Price times quantity is larger than we can keep."), "line.quantity")
        if price < 0 and quantity < 0:
            raise RefusedError(
                _("Price and quantity are both negative. Make one of them positive."), "line.quantity"
            )
        if credit:
            values["line_unit_price"], values["line_quantity"] = abs(price), -abs(quantity)
        else:
            sign_credit(values, "line_unit_price", "line_credit_note", allowed)
            sign_credit(values, "line_quantity", "line_credit_note", allowed)

    def judge(self, cursor: CursorWrapper) -> None:
        faults = [
            self.refuse_twice(),
            ("p.id IS NULL", "'line.purchase'", "format(%(no_purchase)s, s.line_purchase)"),
        ]
        changed = staging.differs("l", self.governed("l", COLUMNS, "line"))
        self.execute(
            cursor,
            f"""
            CREATE TEMP TABLE judged ON COMMIT DROP AS
            WITH twice AS ({staging.TWICE})
            SELECT s.row, p.id AS purchase_id, l.id AS line_id, {staging.judged_case(faults)},
                   CASE WHEN l.id IS NULL THEN 'new' WHEN {changed} THEN 'changed'
                        ELSE 'unchanged' END AS status
            FROM stage s
            LEFT JOIN twice t ON t.key = s.key
            LEFT JOIN sales_purchase p ON p.external_id = s.line_purchase
            LEFT JOIN sales_purchaseline l ON l.purchase_id = p.id AND l.line_key = s.line_line_key
            WHERE NOT s.bad
            """,
            no_purchase=_("No purchase has the id “%s”. Import purchases first, or correct it."),
        )

    def apply(self, cursor: CursorWrapper) -> None:
        source = "FROM stage s JOIN judged j USING (row)"
        columns = self.governed("l", COLUMNS, "line")
        watch(cursor, PurchaseLine, "SELECT line_id FROM judged WHERE status = 'changed'")
        sums = "SELECT purchase_id FROM judged WHERE status <> 'unchanged'"
        watch(cursor, Purchase, sums, columns=("amount",))
        given = COLUMNS | {"purchase_id": "j.purchase_id", "line_key": "s.line_line_key"}
        self.insert(cursor, PurchaseLine, given, f"{source} WHERE j.status = 'new' ORDER BY s.row")
        cursor.execute(
            f"UPDATE sales_purchaseline l SET {staging.assignments('l', columns)} "
            f"{source} WHERE l.id = j.line_id AND j.status = 'changed'"
        )
        cursor.execute(AMOUNTS, [timezone.now()])
