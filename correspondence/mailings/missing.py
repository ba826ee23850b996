"""Which placeholders have no value for somebody, asked of the database for a whole audience at once.

``correspondence.placeholders`` writes the values; a test holds both to the same answer. What is not named
here cannot be used in a mailing: it belongs to one talk, meeting or gift, or is known further right.
"""

from __future__ import annotations

from collections.abc import Collection

# placeholder -> when there is none; account, person, sender and purchase are rows of the audience's query
NONE: dict[str, str] = {
    "salutation": "person.first_name || person.last_name ~ '^\\s*$'",
    "contact_name": "person.first_name || person.last_name ~ '^\\s*$'",
    "contact_first_name": "person.first_name ~ '^\\s*$'",
    "contact_last_name": "person.last_name ~ '^\\s*$'",
    "contact_job_title": "person.job_title ~ '^\\s*$'",
    "account": "account.name ~ '^\\s*$'",
    "account_city": "account.city ~ '^\\s*$'",
    "customer_since": "account.became_customer_on IS NULL",
    "last_purchase_on": "purchase.id IS NULL",
    "last_purchase_sum": "purchase.id IS NULL",
    "last_purchase": "purchase.id IS NULL OR purchase.about ~ '^\\s*$'",
    "sender": "sender.display_name ~ '^\\s*$'",
    "sender_job_title": "sender.job_title ~ '^\\s*$'",
    "sender_email": (
        "(sender.email IS NULL OR sender.email ~ '^\\s*$') AND NOT EXISTS (SELECT FROM"
        " correspondence_identity AS own WHERE own.user_id = sender.id AND own.verified_at IS NOT NULL)"
    ),
    "company": "%(company)s = ''",
    "today": "false",
}
PURCHASE = """
LEFT JOIN LATERAL (
    SELECT bought.id, bought.about FROM sales_purchase AS bought
    WHERE bought.account_id = account.id AND bought.voided_at IS NULL AND bought.amount > 0
    ORDER BY bought.purchased_on DESC, bought.id DESC LIMIT 1
) AS purchase ON true
"""


def unusable(names: Collection[str]) -> list[str]:
    """Those of the placeholders that no mailing can fill."""
    return sorted(set(names) - NONE.keys())


def expression(names: Collection[str]) -> str:
    """SQL: the placeholders of the row's words that have no value, joined; "" for none."""
    asked = [
        f"CASE WHEN '{name}' = ANY(words.names) AND ({NONE[name]}) THEN '{name}' END"
        for name in sorted(names)
        if name in NONE
    ]
    return f"array_to_string(ARRAY[{', '.join(asked)}]::text[], ', ')" if asked else "''"


def joins(names: Collection[str]) -> str:
    """The tables that these placeholders need besides account, person and sender."""
    return PURCHASE if any(name.startswith("last_purchase") for name in names) else ""
