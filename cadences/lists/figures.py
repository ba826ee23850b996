"""What a large account list sorts by out of other tables, kept in one row per account.

Of a few thousand accounts such a key is computed; over 200,000 an order needs an index, and an index needs
a column. The bell of facts keeps it right, and each night counts all of it anew: sums of 12 months change
with the day, and what came around the verbs is put right.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection, transaction

from accounts.models import Account
from cadences.chain import engine_lock
from cadences.lists import facts
from cadences.models import Figures
from users.clock import company_today

KEYS = ("last_sale_on", "sales_12m", "last_contact_on", "next_contact_on")
_UPSERT = """
INSERT INTO {table} (account_id, {keys}) {counted}
ON CONFLICT (account_id) DO UPDATE SET ({keys}) = ({new}) WHERE ({old}) IS DISTINCT FROM ({new})
"""


def on_facts_changed(account_ids: Collection[int], user_ids: Collection[int] = ()) -> None:
    """The listener of ``core.facts``, behind the reconciler: in the transaction of the verb."""
    if account_ids:
        count_figures(company_today(), account_ids)


@transaction.atomic
def count_figures(on: date, account_ids: Collection[int] | None = None) -> int:
    """Make the figures of these accounts (None: of all) true as of that day; returns how many were not.

    One statement. A run over all waits for verbs at work, and they for it: none overwrites what it has
    not seen.
    """
    engine_lock(account_ids)
    counted = Account.objects.order_by().values_list(
        "pk",
        facts.last_sale(),
        facts.sales_total(on),
        facts.last_contact_on(),
        facts.next_contact_on(),
    )
    if account_ids is not None:
        counted = counted.filter(pk__in=account_ids)
    select, values = counted.query.sql_with_params()
    statement = _UPSERT.format(
        table=Figures._meta.db_table,
        keys=", ".join(KEYS),
        counted=select,
        new=", ".join(f"excluded.{key}" for key in KEYS),
        old=", ".join(f"{Figures._meta.db_table}.{key}" for key in KEYS),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
