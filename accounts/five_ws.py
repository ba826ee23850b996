"""The verbs of the five W's (R8). Which of them are open is asked of ``sales.five_ws``."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account, FiveWAnswer, Quiet, W
from accounts.services import may_edit
from users.access import require, require_active
from users.clock import today_for
from users.models import User

CONFIRMABLE = (W.WHO, W.WHAT, W.WHERE, W.WHEN)
"""What the records tell of themselves, so that a person only has to say that it is right."""
LONGEST = 1000


@transaction.atomic
def answer(
    user: User, account: Account, w: str, *, words: str = "", reason: str = "", seen: datetime | None = None
) -> FiveWAnswer:
    """Say, confirm or say anew. ``seen``: when the answer that the person has read was saved, None if none.

    Raises ValidationError by field; also when a colleague has answered meanwhile: nothing is overwritten
    unread.
    """
    _hold(user, account)
    words = words.strip()
    _check(w, words, reason)
    stored = FiveWAnswer.objects.filter(account=account, w=w).select_related("said_by").first()
    if stored is not None and stored.updated_at != seen:
        raise ValidationError(
            _("%(name)s answered this meanwhile: %(answer)s. Check, and save again if yours is better.")
            % {"name": stored.said_by or _("A colleague"), "answer": in_words(stored)}
        )
    row = stored or FiveWAnswer(account=account, w=w)
    row.words, row.reason, row.said_by, row.said_on = words, reason, user, today_for(user)
    row.full_clean(exclude=["account", "said_by"])
    row.save()
    return row


@transaction.atomic
def confirm_open(user: User, account: Account) -> int:
    """What the records say about who, what, where and when is right, wherever nobody has said so yet."""
    _hold(user, account)
    said = set(FiveWAnswer.objects.filter(account=account).values_list("w", flat=True))
    rows = [
        FiveWAnswer(account=account, w=w, said_by=user, said_on=today_for(user))
        for w in CONFIRMABLE
        if w not in said
    ]
    return len(FiveWAnswer.objects.bulk_create(rows))


def in_words(row: FiveWAnswer) -> str:
    """The answer on one line."""
    return ": ".join(filter(None, (row.get_reason_display(), row.words))) or _("it is right as it stands")


def _hold(user: User, account: Account) -> None:
    """Two answers at once count after each other."""
    require_active(user)
    found = Account.objects.select_for_update(no_key=True, of=("self",)).select_related("owner")
    require(
        may_edit(user, found.get(pk=account.pk)),
        _("The five W's are answered by the account's owner, their deputy, their manager and admins."),
    )


def _check(w: str, words: str, reason: str) -> None:
    wrong: dict[str, str] = {}
    if w not in W.values:
        raise ValueError(f"no W: {w}")
    if w == W.WHY and reason not in Quiet.values:
        wrong["reason"] = _("Choose the reason that comes nearest.")
    if w == W.WHY and not words:
        wrong["words"] = _("Say it in a sentence, so that a colleague need not ask again.")
    if w != W.WHY and reason:
        raise ValueError("only why has a reason")
    if len(words) > LONGEST:
        wrong["words"] = _("That is too long: %(n)d letters at most.") % {"n": LONGEST}
    if wrong:
        raise ValidationError(wrong)
