"""Which of the five W's (R8) are open: a campaign begins when all are answered, or with a reason.

The one place that answers it; whoever keeps answers elsewhere changes this function alone.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact
from sales.models import Purchase
from users.clock import company_today

WITHOUT_PURCHASE = timedelta(days=182)


def missing_ws(account: Account) -> list[str]:
    """The open ones in words, in the order WHO, WHAT, WHERE, WHEN, WHY; empty when a campaign may begin."""
    found = []
    if account.owner_id is None or not Contact.objects.filter(account=account, left_on=None).exists():
        found.append(_("WHO: nobody there is known by name"))
    if account.yearly_revenue is None and not account.network_value and not account.about.strip():
        found.append(_("WHAT it means to us: neither revenue nor network nor a word about it"))
    if not account.city or not account.country:
        found.append(_("WHERE it is: city and country"))
    if account.became_customer_on is None and account.status != Account.Status.PROSPECT:
        found.append(_("WHEN they became a customer"))
    if _buys_nothing(account):
        found.append(_("WHY they have bought nothing for half a year"))
    return found


def _buys_nothing(account: Account) -> bool:
    """Whether somebody who bought before has not bought for half a year; of prospects nothing is asked."""
    if account.status == Account.Status.PROSPECT:
        return False
    since = company_today() - WITHOUT_PURCHASE
    bought = Purchase.objects.filter(account=account, voided_at=None, amount__gt=0, purchased_on__gte=since)
    return not bought.exists()
