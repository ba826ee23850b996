"""What somebody who leaves had noted at accounts of others: given on apart from accounts, and taken back."""

from __future__ import annotations

from collections import defaultdict
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
    """What is still open and with whoever got it. Raises ValidationError where nothing is, or where whose it
    was may not have it back.
    """
    list(Account.objects.select_for_update(no_key=True, of=("self",)).filter(pk=account_id))
    by_kind: dict[str, list[Given]] = defaultdict(list)
    for one in map(Given._make, given):
        by_kind[one.kind].append(one)
    people = User.objects.in_bulk({one.whose for some in by_kind.values() for one in some})
    for kind, some in by_kind.items():
        for whose in {people[one.whose] for one in some}:
            if not NOTED[kind].fits(whose):
                words = _("%(name)s cannot have it back: activate them and give them their role again first.")
                raise ValidationError(words % {"name": whose})
    if not sum(
        NOTED[kind].give_back([(one.pk, one.whose, one.to) for one in some], account=account_id)
        for kind, some in by_kind.items()
    ):
        raise ValidationError(_("Somebody has changed this since; it stays as it is now."))
    facts.changed(account_ids=[account_id])
