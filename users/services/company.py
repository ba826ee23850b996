"""What the company decides about how its accounts are worked."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from users.access import require_admin
from users.models import Company, User

LONGEST_QUIET = 60
LARGEST_BOOK = 200


@transaction.atomic
def set_company(by: User, *, book_size: int, quiet_months: int, quiet_amount: Decimal) -> Company:
    """How many accounts a book holds (R7), and when one that buys nothing substantial is asked why (R8).

    Books that hold more already keep what they have. Raises ValidationError by field.
    """
    require_admin(by)
    wrong: dict[str, str] = {}
    if not 1 <= book_size <= LARGEST_BOOK:
        wrong["book_size"] = _("A book holds 1 to %(n)d accounts.") % {"n": LARGEST_BOOK}
    if not 1 <= quiet_months <= LONGEST_QUIET:
        wrong["quiet_months"] = _("Choose 1 to %(n)d months.") % {"n": LONGEST_QUIET}
    if quiet_amount < 0:
        wrong["quiet_amount"] = _("An amount of 0 or more: with 0 any purchase counts.")
    if wrong:
        raise ValidationError(wrong)
    company = Company.objects.select_for_update().get(pk=Company.get().pk)
    company.book_size, company.quiet_months, company.quiet_amount = book_size, quiet_months, quiet_amount
    company.save(update_fields=["book_size", "quiet_months", "quiet_amount", "updated_at"])
    return company
