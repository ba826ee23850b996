"""Which of the five W's of an account are open (R8). One statement answers it for any set of accounts.

Who, what, where and when are open until a person has confirmed or answered them; who is open again when
somebody who decided has left since. Why opens by itself
when the purchases of the last months (``Company.quiet_months``) add up to no more than
``Company.quiet_amount``, and stays answered as long as no more than that was bought since the answer.
Nobody is asked about months in which we did not know the account. Amounts of different currencies are
added as they are.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, DateField, F, Func, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from accounts.models import Account, W
from contacts.models import Contact
from sales.models import Purchase

# The open W's of one account, in the order in which people ask them.
OPEN_WS = """ARRAY(
    SELECT asked.w
    FROM (SELECT %(expressions)s) known (account_id, since, today)
    LEFT JOIN users_company company ON company.id = 1
    CROSS JOIN LATERAL (
        SELECT
            (known.today - make_interval(months => coalesce(company.quiet_months, 6)))::date AS start,
            coalesce(company.quiet_amount, 0) AS amount
    ) quiet
    CROSS JOIN unnest(ARRAY['who', 'what', 'where', 'when', 'why']) WITH ORDINALITY asked (w, place)
    LEFT JOIN accounts_fivewanswer said ON said.account_id = known.account_id AND said.w = asked.w
    CROSS JOIN LATERAL (
        SELECT
            coalesce(sum(amount) FILTER (WHERE purchased_on > quiet.start), 0) AS lately,
            coalesce(sum(amount) FILTER (WHERE purchased_on > said.said_on), 0) AS since_said,
            coalesce(least(min(purchased_on), known.since), known.since) AS since
        FROM sales_purchase
        WHERE asked.w = 'why' AND account_id = known.account_id AND voided_at IS NULL
            AND purchased_on <= known.today
    ) bought
    WHERE CASE WHEN asked.w = 'why'
        THEN bought.since <= quiet.start AND bought.lately <= quiet.amount
            AND (said.id IS NULL OR bought.since_said > quiet.amount)
        ELSE said.id IS NULL OR asked.w = 'who' AND EXISTS (
            SELECT FROM contacts_contact gone
            WHERE gone.account_id = known.account_id AND gone.left_noted_at > said.updated_at
                AND 'decides' = ANY(gone.decision_roles)
        ) END
    ORDER BY asked.place
)"""


class OpenWs(Func):
    """The open W's of a row of accounts."""

    output_field = ArrayField(CharField(max_length=5))
    template = OPEN_WS


def open_ws_sql(account_id: str, facts_from: str, created_at: str, today: str) -> str:
    """The same for statements written by hand; all arguments are expressions in SQL."""
    return OPEN_WS % {
        "expressions": f"{account_id}, coalesce({facts_from}, {created_at}::date), {today}::date"
    }


def with_open_ws(rows: QuerySet[Account], today: date) -> QuerySet[Account]:
    """Each account with ``open_ws``, the list of the W's that still want an answer.

    ``.filter(open_ws__len=0)`` leaves those about which everything is known.
    """
    since = Coalesce("facts_from", Cast("created_at", DateField()))
    return rows.annotate(open_ws=OpenWs(F("pk"), since, Value(today, DateField())))


def five_ws_open(account: Account, today: date) -> list[W]:
    """The W's of one account that still want an answer; one query."""
    rows: Any = with_open_ws(Account.objects.filter(pk=account.pk), today)
    return [W(w) for w in rows.values_list("open_ws", flat=True).get()]


def told(account: Account) -> set[W]:
    """The W's of which people and purchases tell something that a person can confirm."""
    decides = Contact.objects.employed().filter(account=account, decision_roles__contains=["decides"])
    bought = Purchase.objects.filter(account=account, voided_at=None, amount__gt=0)
    return told_by(account, has_decider=decides.exists(), has_bought=bought.exists())


def told_by(account: Account, *, has_decider: bool, has_bought: bool) -> set[W]:
    """Who: somebody here owns it and somebody there decides. When: since when we know them, always."""
    found = {W.WHEN}
    if has_decider and account.owner is not None and account.owner.is_active:
        found.add(W.WHO)
    return found | {W.WHAT} if has_bought else found


def open_in_words(account: Account, today: date) -> str:
    """The open W's as people say them, such as "Who, Why"; empty when all are answered."""
    return ", ".join(str(w.label) for w in five_ws_open(account, today))
