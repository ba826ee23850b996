"""The verbs of sales. A purchase starts the 1-2-1 track, so every verb rings the bell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from core import facts
from core.currencies import is_currency
from sales.models import Purchase
from users.access import may_edit_owned_by, require, require_active
from users.clock import today_for
from users.models import Company, User

FIELDS = frozenset({"purchased_on", "amount", "currency", "about", "buyer", "sold_by", "external_id"})


def may_sell(user: User, account: Account) -> bool:
    """Who may edit the account records what it bought."""
    return may_edit_owned_by(user, account.owner)


def usual_currency(account: Account) -> str:
    """What they paid with last; the company's currency for the first purchase."""
    latest = (
        Purchase.objects.filter(account=account).order_by("-purchased_on").values_list("currency", flat=True)
    )
    return latest.first() or Company.get().currency


@transaction.atomic
def record_purchase(
    user: User,
    account: Account,
    *,
    purchased_on: date,
    amount: Decimal,
    currency: str,
    **more: Any,
) -> Purchase:
    """A sale on a civil date; a negative amount is a credit note and starts nothing.

    ``more``: about, buyer, sold_by, external_id.
    """
    _only_known(more)
    account = _locked(user, account)
    purchase = Purchase(account=account, purchased_on=purchased_on, amount=amount, currency=currency, **more)
    _check_buyer(purchase, before=None)
    _check(purchase, user)
    purchase.save()
    _settled(account)
    return purchase


@transaction.atomic
def correct_purchase(user: User, purchase: Purchase, **changes: Any) -> Purchase:
    """Put right what was recorded wrongly. Amounts that are sums of lines change with their lines."""
    _only_known(changes)
    account = _locked(user, purchase.account)
    purchase = Purchase.objects.select_for_update(of=("self",)).get(pk=purchase.pk)
    if purchase.voided_at:
        raise ValidationError(_("This purchase was voided: record a new one instead."))
    if changes.get("amount", purchase.amount) != purchase.amount and purchase.lines.exists():
        raise ValidationError(
            {"amount": _("The amount is the sum of the imported lines; import them again.")}
        )
    buyer_before = purchase.buyer_id
    for name, value in changes.items():
        setattr(purchase, name, value)
    _check_buyer(purchase, before=buyer_before)
    _check(purchase, user)
    purchase.save()
    _settled(account)
    return purchase


@transaction.atomic
def void_purchase(user: User, purchase: Purchase, reason: str) -> Purchase:
    """It never was: the row stays, struck through, and counts for nothing. Needs a reason."""
    account = _locked(user, purchase.account)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that a colleague understands it later.")})
    purchase = Purchase.objects.select_for_update(of=("self",)).get(pk=purchase.pk)
    if purchase.voided_at is None:
        purchase.voided_at = timezone.now()
        purchase.void_reason = reason.strip()[:200]
        purchase.save()
        _settled(account)
    return purchase


def refresh_status(account_ids: Collection[int]) -> int:
    """Make status and first day as customer follow from the purchases; returns how many changed.

    A customer has a positive net sum of what was not voided, since their first sale. Former customers
    were marked by a person and become customers again only by a sale after that day. Amounts of several
    currencies are added as they are: only the sign counts.
    """
    if not account_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"ids": list(account_ids)})
        return int(cursor.rowcount)


_REFRESH = """
WITH bought AS (
    SELECT a.id, coalesce(sum(p.amount), 0) > 0 AS net,
           min(p.purchased_on) FILTER (WHERE p.amount > 0) AS first_on,
           max(p.purchased_on) FILTER (WHERE p.amount > 0) AS last_on
    FROM accounts_account a
    LEFT JOIN sales_purchase p ON p.account_id = a.id AND p.voided_at IS NULL
    WHERE a.id = ANY(%(ids)s)
    GROUP BY a.id
), wanted AS (
    SELECT a.id,
           CASE WHEN a.status = 'former' AND (a.former_since IS NULL OR b.last_on IS NULL
                                              OR b.last_on <= a.former_since) THEN 'former'
                WHEN b.net THEN 'customer' ELSE 'prospect' END AS status,
           CASE WHEN b.net OR a.status = 'former' THEN b.first_on END AS since
    FROM accounts_account a JOIN bought b ON b.id = a.id
)
UPDATE accounts_account a
SET status = w.status, became_customer_on = w.since, updated_at = now(),
    former_since = CASE WHEN w.status = 'former' THEN a.former_since END
FROM wanted w
WHERE a.id = w.id
  AND (a.status, a.became_customer_on, a.former_since) IS DISTINCT FROM
      (w.status, w.since, CASE WHEN w.status = 'former' THEN a.former_since END)
"""


def _only_known(fields: dict[str, Any]) -> None:
    unknown = set(fields) - FIELDS
    if unknown:
        raise ValueError(f"no facts of a purchase: {', '.join(sorted(unknown))}")


def _settled(account: Account) -> None:
    refresh_status([account.pk])
    facts.changed(account_ids=[account.pk])


def _locked(user: User, account: Account) -> Account:
    require_active(user)
    rows = Account.objects.select_for_update(no_key=True, of=("self",)).select_related("owner")
    account = rows.get(pk=account.pk)
    require(
        may_sell(user, account),
        _("Purchases are recorded by the account's owner, their deputy, their manager and admins."),
    )
    return account


def _check_buyer(purchase: Purchase, *, before: int | None) -> None:
    """Somebody who works at the account; who has left since stays the buyer of what they bought."""
    buyer = purchase.buyer
    if buyer is None or buyer.pk == before:
        return
    if buyer.account_id != purchase.account_id or buyer.left_on is not None:
        raise ValidationError({"buyer": _("Choose somebody who works at this account.")})


def _check(purchase: Purchase, user: User) -> None:
    """Raises ValidationError by field, with the cure."""
    purchase.external_id = purchase.external_id or None  # an empty number is none, and none is no twin
    wrong: dict[str, str] = {}
    if purchase.purchased_on > today_for(user):
        wrong["purchased_on"] = _("This day is still to come: enter the day of the sale.")
    if purchase.purchased_on.year < 1900:
        wrong["purchased_on"] = _("Enter the year with four digits.")
    if purchase.amount == 0:
        wrong["amount"] = _("Enter an amount; a credit note has a minus.")
    if not is_currency(purchase.currency):
        wrong["currency"] = _("Use a three-letter currency code such as EUR.")
    if wrong:
        raise ValidationError(wrong)
    purchase.full_clean(exclude=["account", "buyer", "sold_by"])
