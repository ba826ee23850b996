"""What an admin does with the outbox: send again, say that it arrived, let a halted topic run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from correspondence import reports
from correspondence.mailing_querysets import PAUSED
from correspondence.models import Halt, Message, State
from correspondence.services.enqueueing import ring
from users.access import require_admin
from users.models import User

KEPT = timedelta(days=180)
WITHDRAWN = (State.PENDING, State.CANCELLED, State.FAILED)
AGAIN = (State.UNCERTAIN, State.FAILED)


@transaction.atomic
def resend(by: User, message: Message) -> None:
    """Try once more with an uncertain or failed mail: a person takes the risk that it arrives twice.

    The try that may have arrived stays counted, whatever becomes of the mail.

    Raises PermissionDenied; ValidationError when it is in another state, or its text is gone.
    """
    require_admin(by)
    send_again(message)


def send_again(message: Message) -> None:
    """:func:`resend` for whoever may decide about this mail; in the caller's transaction."""
    message = _locked(message, *AGAIN)
    if not message.can_resend:
        raise ValidationError(_("The text of this mail is not kept. Have it asked for again."))
    now = timezone.now()
    Message.objects.filter(pk=message.pk).update(
        state=State.PENDING, attempts=int(message.state == State.UNCERTAIN), next_try_at=now,
        not_before=None, lease_until=None, handing_over=False, last_error="", sent_at=None, returned_at=None,
        updated_at=now,
    )  # fmt: skip
    transaction.on_commit(ring, robust=True)


@transaction.atomic
def mark_sent(by: User, message: Message) -> None:
    """An uncertain mail did go out, as the mail server's log or the recipient says.

    Raises PermissionDenied, or ValidationError when it is in another state.
    """
    require_admin(by)
    confirm_sent(message)


def confirm_sent(message: Message) -> None:
    """:func:`mark_sent` for whoever may decide about this mail; in the caller's transaction."""
    from correspondence.services.outcomes import record_sent  # noqa: PLC0415 - imports this package

    record_sent([_locked(message, State.UNCERTAIN)])


@transaction.atomic
def resume(by: User, topic: str) -> None:
    """Let a halted topic run; what bounced before is not held against it again."""
    require_admin(by)
    Halt.objects.filter(topic=topic).update(halted_at=None, counted_from=timezone.now())
    transaction.on_commit(ring, robust=True)


@transaction.atomic
def bring_back(kind: str, reason: str, moments: Mapping[str, datetime]) -> set[str]:
    """Mails that were cancelled for this reason wait again, each from its moment on; the keys of those.

    The row is the same and never left, so it still leaves at most once.
    """
    stopped = Message.objects.filter(kind=kind, key__in=moments, state=State.CANCELLED, reason=reason)
    keys = set(stopped.order_by("pk").select_for_update().values_list("key", flat=True))
    by_moment: dict[datetime, list[str]] = defaultdict(list)
    for key in keys:
        by_moment[moments[key]].append(key)
    for moment, some in by_moment.items():
        stopped.filter(key__in=some).update(
            state=State.PENDING, reason="", not_before=moment, next_try_at=moment, last_error="",
            updated_at=timezone.now(),
        )  # fmt: skip
    if keys:
        transaction.on_commit(ring, robust=True)
    return keys


@transaction.atomic
def withdraw(message_id: int, reason: str) -> bool:
    """Cancel a mail that has not been taken up; False when it has, and may be out.

    One that failed has not left either, and one that was cancelled before stays so: nobody brings it back.
    """
    locked = Message.objects.select_for_update().filter(pk=message_id)
    state = locked.values_list("state", flat=True).first()
    if state in (State.PENDING, State.CANCELLED):
        locked.update(state=State.CANCELLED, reason=reason[:200], stored="", updated_at=timezone.now())
    return state in WITHDRAWN


def _locked(message: Message, *states: State) -> Message:
    found: Message = Message.objects.select_for_update().get(pk=message.pk)
    if found.state not in states:
        raise ValidationError(_("This mail has changed meanwhile: look at its state now."))
    return found


def forget_old() -> int:
    """Delete mails that ended half a year ago, and reports that nothing counts any more."""
    ended = (State.SENT, State.FAILED, State.CANCELLED)
    old = Message.objects.filter(state__in=ended, updated_at__lt=timezone.now() - KEPT)
    old = old.exclude(reason=PAUSED)  # it waits for a person to go on with its mailing
    return old.delete()[0] + reports.forget_old()
