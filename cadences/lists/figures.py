"""What a large account list sorts by out of other tables, kept in one row per account.

Of a few thousand accounts such a key is computed; over 200,000 an order needs an index, and an index needs
a column. The bell of facts keeps it right, and each night counts all of it anew: sums of 12 months change
with the day, and what came around the verbs is put right.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection, transaction

from cadences.chain import engine_lock
from cadences.lists.facts import a_year_before
from users.clock import company_today

# Every table is read once and grouped, whatever the planner believes of it: in the first night of a large
# import it knows nothing yet, and a look-up for each account would read all rows for each account.
_COUNT = """
WITH sold AS (
    SELECT account_id, max(purchased_on) FILTER (WHERE amount > 0) AS last_on,
        sum(amount) FILTER (WHERE purchased_on > %(start)s AND purchased_on <= %(on)s) AS year
    FROM sales_purchase WHERE voided_at IS NULL {of_these} GROUP BY account_id
), spoken AS (
    SELECT account_id, max(happened_on) AS last_on
    FROM contacts_interaction WHERE reached AND withdrawn_at IS NULL {of_these} GROUP BY account_id
), owed AS (
    -- no person makes a survey
    SELECT account_id, min(due_on) AS next_on
    FROM cadences_touchpoint WHERE state = 'open' AND kind <> 'survey' {of_these} GROUP BY account_id
)
INSERT INTO cadences_figures AS known (account_id, last_sale_on, sales_12m, last_contact_on, next_contact_on)
SELECT account.id, sold.last_on, sold.year, spoken.last_on, owed.next_on
FROM accounts_account account
LEFT JOIN sold ON sold.account_id = account.id
LEFT JOIN spoken ON spoken.account_id = account.id
LEFT JOIN owed ON owed.account_id = account.id
{only_these}
ON CONFLICT (account_id) DO UPDATE SET last_sale_on = excluded.last_sale_on, sales_12m = excluded.sales_12m,
    last_contact_on = excluded.last_contact_on, next_contact_on = excluded.next_contact_on
WHERE (known.last_sale_on, known.sales_12m, known.last_contact_on, known.next_contact_on) IS DISTINCT FROM
    (excluded.last_sale_on, excluded.sales_12m, excluded.last_contact_on, excluded.next_contact_on)
"""
_ALL = _COUNT.format(of_these="", only_these="")
_SOME = _COUNT.format(of_these="AND account_id = ANY(%(ids)s)", only_these="WHERE account.id = ANY(%(ids)s)")


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
    values = {"on": on, "start": a_year_before(on)}
    with connection.cursor() as cursor:
        if account_ids is None:
            cursor.execute(_ALL, values)
        else:
            cursor.execute(_SOME, values | {"ids": list(account_ids)})
        return int(cursor.rowcount)
