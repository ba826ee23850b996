"""What happened with an account, newest first, out of every table that knows: one query.

Each arm stops at what the page can show, so an account with 10,000 talks costs the same as one with 20.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.models import Account

SIZE = 20

ARMS = """
(SELECT 'interaction' AS source, i.id, i.happened_on AS day, i.happened_at AS at, i.kind,
        i.outcome AS state, i.summary AS words, u.display_name AS by, i.user_id AS by_id,
        trim(c.first_name || ' ' || c.last_name) AS person, c.id AS person_id, i.sentiment AS number,
        NULL::numeric AS amount, '' AS currency, i.withdrawn_at IS NOT NULL AS gone,
        i.withdrawn_reason AS reason, i.direction AS detail
 FROM contacts_interaction i
 LEFT JOIN users_user u ON u.id = i.user_id
 LEFT JOIN contacts_contact c ON c.id = i.contact_id
 WHERE i.account_id = %(account)s
 ORDER BY i.happened_on DESC, i.id DESC LIMIT %(upto)s)
UNION ALL
(SELECT 'concern', k.id, k.opened_on, k.created_at, '', '', k.what, u.display_name, k.raised_by_id,
        trim(c.first_name || ' ' || c.last_name), c.id, k.severity, NULL, '', k.resolved_on IS NOT NULL,
        k.resolution, ''
 FROM contacts_concern k
 LEFT JOIN users_user u ON u.id = k.raised_by_id
 LEFT JOIN contacts_contact c ON c.id = k.contact_id
 WHERE k.account_id = %(account)s AND k.interaction_id IS NULL
 ORDER BY k.opened_on DESC, k.id DESC LIMIT %(upto)s)
UNION ALL
(SELECT 'resolved', k.id, k.resolved_on, NULL, '', '', k.what, u.display_name, k.resolved_by_id, NULL, NULL,
        k.severity, NULL, '', FALSE, k.resolution, ''
 FROM contacts_concern k
 LEFT JOIN users_user u ON u.id = k.resolved_by_id
 WHERE k.account_id = %(account)s AND k.resolved_on IS NOT NULL
 ORDER BY k.resolved_on DESC, k.id DESC LIMIT %(upto)s)
UNION ALL
(SELECT 'purchase', p.id, p.purchased_on, NULL, '', '', p.about, u.display_name, p.sold_by_id,
        trim(c.first_name || ' ' || c.last_name), c.id, NULL, p.amount, p.currency, p.voided_at IS NOT NULL,
        p.void_reason, ''
 FROM sales_purchase p
 LEFT JOIN users_user u ON u.id = p.sold_by_id
 LEFT JOIN contacts_contact c ON c.id = p.buyer_id
 WHERE p.account_id = %(account)s
 ORDER BY p.purchased_on DESC, p.id DESC LIMIT %(upto)s)
UNION ALL
(SELECT 'owed', t.id, t.closed_on, NULL, t.kind, t.state, s.name, u.display_name, t.closed_by_id, NULL, NULL,
        NULL, NULL, '', FALSE, t.reason, t.about
 FROM cadences_touchpoint t
 JOIN cadences_slot s ON s.id = t.slot_id
 LEFT JOIN users_user u ON u.id = t.closed_by_id
 WHERE t.account_id = %(account)s AND t.state IN ('skipped', 'lapsed')
 ORDER BY t.closed_on DESC, t.id DESC LIMIT %(upto)s)
"""

# The trigger keeps the row before each change, so what came after is the next row, or the live one.
CHANGES = """
(SELECT CASE WHEN old_owner IS DISTINCT FROM new_owner THEN 'owner' ELSE 'tier' END, e.pgh_id,
        (e.pgh_created_at AT TIME ZONE %(zone)s)::date, e.pgh_created_at, '', '',
        CASE WHEN old_owner IS DISTINCT FROM new_owner THEN coalesce(nu.display_name, '')
             ELSE coalesce(nt.name, '') END,
        au.display_name, au.id, NULL, NULL, NULL, NULL, '', FALSE,
        CASE WHEN old_owner IS DISTINCT FROM new_owner THEN coalesce(ou.display_name, '')
             ELSE coalesce(ot.name, '') END, ''
 FROM (SELECT h.pgh_id, h.pgh_created_at, h.pgh_context_id, h.owner_id AS old_owner, h.tier_id AS old_tier,
              CASE WHEN lead(h.pgh_id) OVER w IS NULL THEN a.owner_id ELSE lead(h.owner_id) OVER w END
                  AS new_owner,
              CASE WHEN lead(h.pgh_id) OVER w IS NULL THEN a.tier_id ELSE lead(h.tier_id) OVER w END
                  AS new_tier
       FROM accounts_accountevent h JOIN accounts_account a ON a.id = h.pgh_obj_id
       WHERE h.pgh_obj_id = %(account)s WINDOW w AS (ORDER BY h.pgh_id)) e
 LEFT JOIN pghistory_context x ON x.id = e.pgh_context_id
 LEFT JOIN users_user au ON au.id = (x.metadata ->> 'user')::bigint
 LEFT JOIN users_user ou ON ou.id = old_owner LEFT JOIN users_user nu ON nu.id = new_owner
 LEFT JOIN accounts_tier ot ON ot.id = old_tier LEFT JOIN accounts_tier nt ON nt.id = new_tier
 WHERE old_owner IS DISTINCT FROM new_owner OR old_tier IS DISTINCT FROM new_tier
 ORDER BY e.pgh_id DESC LIMIT %(upto)s)
"""


@dataclass(frozen=True)
class Happening:
    """One line of the timeline. ``source`` says what the other fields mean, see ``ARMS``."""

    source: str
    id: int
    day: datetime.date
    at: datetime.datetime | None
    kind: str
    state: str
    words: str
    by: str | None
    by_id: int | None
    person: str | None
    person_id: int | None
    number: int | None
    amount: Decimal | None
    currency: str
    gone: bool
    reason: str
    detail: str

    @property
    def template(self) -> str:
        return f"accounts/timeline/_{self.source}.html"


def timeline(account: Account, offset: int, zone: str) -> tuple[list[Happening], int | None]:
    """``SIZE`` happenings from ``offset`` on, and the next offset; ``None`` when that was all."""
    upto = offset + SIZE + 1
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({ARMS} UNION ALL {CHANGES}) happened "  # noqa: S608 - constants only
            "ORDER BY day DESC, at DESC NULLS LAST, source, id DESC LIMIT %(limit)s OFFSET %(offset)s",
            {"account": account.pk, "upto": upto, "zone": zone, "limit": SIZE + 1, "offset": offset},
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    found = [Happening(*row) for row in rows[:SIZE]]
    return found, offset + SIZE if len(rows) > SIZE else None
