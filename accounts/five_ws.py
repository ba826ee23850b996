"""The verbs of the five W's (R8). Which of them are open is asked of ``sales.five_ws``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, FiveWAnswer, Quiet, W
from accounts.services import may_edit
from users.access import require, require_active
from users.clock import today_for
from users.models import User

CONFIRMABLE = (W.WHO, W.WHAT, W.WHERE, W.WHEN)
"""What the records tell of themselves, so that a person only has to say that it is right."""
NOTHING_ON_RECORD = {
    W.WHO: gettext_lazy(
        "The records do not say who decides there and who looks after them here: say it, or add that first."
    ),
    W.WHAT: gettext_lazy("No purchase is on record: say in a sentence what they mean to us."),
    W.WHERE: gettext_lazy("No address is on record: say where they are, or add it first."),
}
LONGEST = 1000


@dataclass
class _Records:
    """What is known of an account to the right of this app: its people and purchases."""

    told: Callable[[Account], set[W]]
    still_open: Callable[[Account, date], Collection[W]]


_records = _Records(told=lambda _account: set(), still_open=lambda _account, _today: ())


def register(
    *, told: Callable[[Account], set[W]], still_open: Callable[[Account, date], Collection[W]]
) -> None:
    """``told``: of which W's the records tell something; ``still_open``: which want an answer."""
    _records.told, _records.still_open = told, still_open


def confirmable(account: Account, open_ws: Collection[str], worded: Collection[str], told: set[W]) -> list[W]:
    """What one press may say is right: open, on record, and no earlier words that may be wrong by now."""
    known = told | ({W.WHERE} if has_address(account) else set())
    return [w for w in CONFIRMABLE if w in open_ws and w in known and w not in worded]


def has_address(account: Account) -> bool:
    return bool(account.street or account.city or account.country)


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
    _check_there_is_something(account, W(w), words)
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
    """What the records say about who, what, where and when is right, wherever that is open.

    Of what the records say nothing there is nothing to confirm: it stays open until a person says it.
    """
    account = _hold(user, account)
    today = today_for(user)
    stored = {row.w: row for row in FiveWAnswer.objects.filter(account=account)}
    worded = [w for w, row in stored.items() if row.words]
    ws = confirmable(account, _records.still_open(account, today), worded, _records.told(account))
    for w in ws:
        row = stored.get(w) or FiveWAnswer(account=account, w=w)
        row.said_by, row.said_on = user, today
        row.save()
    return len(ws)


def in_words(row: FiveWAnswer) -> str:
    """The answer on one line."""
    return ": ".join(filter(None, (row.get_reason_display(), row.words))) or _("it is right as it stands")


def _hold(user: User, account: Account) -> Account:
    """Two answers at once count after each other."""
    require_active(user)
    rows = Account.objects.select_for_update(no_key=True, of=("self",)).select_related("owner")
    found: Account = rows.get(pk=account.pk)
    require(
        may_edit(user, found),
        _("The five W's are answered by the account's owner, their deputy, their manager and admins."),
    )
    return found


def _check_there_is_something(account: Account, w: W, words: str) -> None:
    """Without words it is the records that are confirmed."""
    if words or w == W.WHY:
        return
    if w not in _records.told(account) and not (w == W.WHERE and has_address(account)):
        raise ValidationError({"words": NOTHING_ON_RECORD[w]})


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
