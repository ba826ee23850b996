"""What each account means to the company: share and rank by the purchases of 12 months (R8)."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from users.models import Company

COUNT = """
WITH bought AS (
    SELECT account_id, sum(amount) AS revenue
    FROM sales_purchase
    WHERE voided_at IS NULL AND currency = %(currency)s
        AND purchased_on > %(on)s::date - interval '12 months' AND purchased_on <= %(on)s
    GROUP BY account_id
    HAVING sum(amount) > 0
)
INSERT INTO sales_worth (
    account_id, counted_on, revenue, currency, share, rank, ranked,
    owner_id, owner_share, owner_rank, owner_ranked
)
SELECT
    account.id,
    %(on)s,
    revenue,
    %(currency)s,
    revenue / sum(revenue) OVER (),
    rank() OVER (ORDER BY revenue DESC),
    count(*) OVER (),
    account.owner_id,
    revenue / sum(revenue) OVER own,
    rank() OVER (own ORDER BY revenue DESC),
    count(*) OVER own
FROM bought
JOIN accounts_account account ON account.id = bought.account_id
WINDOW own AS (PARTITION BY account.owner_id)
"""


@transaction.atomic
def count_worth(on: date) -> int:
    """Count shares and ranks of all accounts as of that day; returns how many bought anything.

    Replaces what was there. Readers see the old figures until the new ones are complete.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('jit', 'off', true), set_config('work_mem', '32MB', true)")
        cursor.execute("DELETE FROM sales_worth")
        cursor.execute(COUNT, {"on": on, "currency": Company.get().currency})
        return int(cursor.rowcount)
