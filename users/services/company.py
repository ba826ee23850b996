"""What the company decides about its accounts."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from users.access import require_admin
from users.models import Company, User

LONGEST_QUIET = 60


@transaction.atomic
def set_quiet(by: User, *, months: int, amount: Decimal) -> Company:
    """When an account that buys nothing substantial is asked why (R8). Raises ValidationError by field."""
    require_admin(by)
    wrong: dict[str, str] = {}
    if not 1 <= months <= LONGEST_QUIET:
        wrong["quiet_months"] = _("Choose 1 to %(n)d months.") % {"n": LONGEST_QUIET}
    if amount < 0:
        wrong["quiet_amount"] = _("An amount of 0 or more: with 0 any purchase counts.")
    if wrong:
        raise ValidationError(wrong)
    company = Company.objects.select_for_update().get(pk=Company.get().pk)
    company.quiet_months, company.quiet_amount = months, amount
    company.save(update_fields=["quiet_months", "quiet_amount", "updated_at"])
    return company
