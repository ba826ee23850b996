"""What of this app somebody still holds: shown before a user is deactivated."""

from __future__ import annotations

from django.utils.translation import ngettext

from accounts.models import Account
from users.holdings import Holding
from users.models import User


def owned_accounts(user: User) -> Holding:
    count = Account.objects.filter(owner=user).count()
    words = ngettext("They own %(count)d account.", "They own %(count)d accounts.", count)
    return Holding(count, words % {"count": count})
