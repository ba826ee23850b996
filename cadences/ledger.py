"""What must hold of the stored touchpoints at any time: what should exist exists, once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction

from cadences import chain
from cadences.chain import question

# Each finds rows that must not be there: (name of the law, query).
LAWS = {
    "an account has two open rolling rows in one slot": """
        SELECT account_id, slot_id, string_agg(cycle, ', ') AS cycle FROM cadences_touchpoint
        WHERE state = 'open' AND anchor = 'after_contact' GROUP BY account_id, slot_id HAVING count(*) > 1
    """,
    "a done row was closed by a log that was withdrawn": """
        SELECT row.account_id, row.slot_id, row.cycle FROM cadences_touchpoint row
        JOIN contacts_interaction log ON log.id = row.interaction_id
        WHERE row.state = 'done' AND log.withdrawn_at IS NOT NULL
    """,
    "a done row is closed on another day than its log": """
        SELECT row.account_id, row.slot_id, row.cycle FROM cadences_touchpoint row
        JOIN contacts_interaction log ON log.id = row.interaction_id
        WHERE row.state = 'done' AND log.happened_on <> row.closed_on
    """,
    "a log of another account closed a row": """
        SELECT row.account_id, row.slot_id, row.cycle FROM cadences_touchpoint row
        JOIN contacts_interaction log ON log.id = row.interaction_id
        WHERE log.account_id <> row.account_id
    """,
    "one log closed two rows of one slot": """
        SELECT account_id, slot_id, string_agg(cycle, ', ') AS cycle FROM cadences_touchpoint
        WHERE state = 'done' AND interaction_id IS NOT NULL
        GROUP BY account_id, slot_id, interaction_id HAVING count(*) > 1
    """,
    "an open plan row belongs to an account that is no customer": """
        SELECT row.account_id, row.slot_id, row.cycle FROM cadences_touchpoint row
        JOIN accounts_account account ON account.id = row.account_id
        WHERE row.state = 'open' AND row.anchor <> 'agreed' AND account.status <> 'customer'
            AND row.basis <> 'campaign'
            AND NOT (row.basis = 'letter' AND account.status = 'prospect')
            AND NOT (row.basis = 'owner' AND EXISTS (
                SELECT FROM cadences_campaign campaign
                WHERE campaign.account_id = row.account_id AND campaign.result IN ('', 'over')
            ))
    """,
    "an open row belongs to a campaign that a person has ended": """
        SELECT row.account_id, row.slot_id, row.cycle FROM cadences_touchpoint row
        JOIN cadences_campaign campaign ON campaign.account_id = row.account_id
            AND row.cycle = 'E' || campaign.id
        WHERE row.state = 'open' AND row.basis = 'campaign' AND campaign.result NOT IN ('', 'over')
    """,
    "an open row is assigned to a user who left": """
        SELECT row.account_id, row.slot_id, row.cycle FROM cadences_touchpoint row
        JOIN users_user person ON person.id = row.assignee_id
        WHERE row.state = 'open' AND row.anchor <> 'agreed' AND NOT person.is_active
    """,
}
COMPARISON = """
SELECT difference.account_id, difference.slot_id, difference.cycle,
    difference.act, difference.old_state, difference.state
FROM tend_difference difference
WHERE difference.verdict IS DISTINCT FROM 'later'
"""


def check(as_of: date) -> list[dict[str, Any]]:
    """Every breach: law, account, slot, cycle. Empty when all is well. Writes nothing."""
    found: list[dict[str, Any]] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for law, query in LAWS.items():
            cursor.execute(query)
            found += [
                {"law": law, "account": account, "slot": slot, "cycle": cycle}
                for account, slot, cycle in cursor.fetchall()
            ]
        found += _differences(cursor, as_of)
        transaction.set_rollback(True)
    return found


def _differences(cursor: Any, as_of: date) -> list[dict[str, Any]]:
    """What a reconcile of all accounts would still write."""
    asked = question(None, as_of)
    cursor.execute("DROP TABLE IF EXISTS tend_difference")
    chain.run(cursor, chain.statement("compare", chain.DIFFERENCE, for_all=True), asked)
    cursor.execute(COMPARISON)
    laws = {"create": "what is owed is missing", "reopen": "what is owed is cancelled"}
    return [
        {
            "law": laws.get(
                act, f"a row should be {state}" if state != old else "a row has other dates than owed"
            ),
            "account": account,
            "slot": slot,
            "cycle": cycle,
        }
        for account, slot, cycle, act, old, state in cursor.fetchall()
    ]
