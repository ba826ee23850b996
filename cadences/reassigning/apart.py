"""What somebody who leaves had noted at accounts of others: given on apart from accounts, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.reassigning.noted import NOTED
from core import facts
from users.models import User


class Given(NamedTuple):
    """One thing: its kind and id, whose it was, who has it, and at which account it hangs."""

    kind: str
    pk: int
    whose: int
    to: int
    account: int


def give_back(account_id: int, given: Iterable[Sequence[Any]]) -> None:
    """What is still open and with whoever got it. Raises ValidationError where nothing is, or nobody is there
    to have it back.
    """
    done = 0
    list(Account.objects.select_for_update(no_key=True, of=("self",)).filter(pk=account_id))
    for one in map(Given._make, given):
        whose = User.objects.get(pk=one.whose)
        if not whose.is_active:
            words = _("%(name)s does not work here any more: activate them again first.")
            raise ValidationError(words % {"name": whose})
        noted = NOTED[one.kind]
        rows = noted.of(User(pk=one.to)).filter(pk=one.pk, account=account_id)
        done += rows.count()
        noted.give(rows, whose)
    if not done:
        raise ValidationError(_("Somebody has changed this since; it stays as it is now."))
    facts.changed(account_ids=[account_id])
