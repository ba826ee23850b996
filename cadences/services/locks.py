"""How the verbs take hold of rows: permission first, the account's lock, then the touchpoint's."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences.models import Touchpoint
from contacts.models import Interaction
from users.access import require, require_active
from users.clock import local
from users.models import User


class TouchpointClosedError(ValidationError):
    """Somebody closed it meanwhile; the message says who and when."""

    def __init__(self, touchpoint: Touchpoint, reader: User) -> None:
        self.touchpoint = touchpoint
        super().__init__(_who_and_when(touchpoint, reader), code="closed")


class SavedBeforeError(ValidationError):
    """The form made a log already, and says something else by now: its answer had got lost on the way."""

    OWED = "owed"

    def __init__(self, log: Interaction, reader: User, cure: str = "") -> None:
        when = formats.date_format(local(log.created_at, reader), "j M H:i")
        words = _(
            "This was saved on %(when)s already, and says something else. What you typed is still here: save "
            "again to log it as a contact of its own, or leave it and correct the first log."
        )
        if cure == self.OWED:  # what was owed is closed by the first log: a second one cannot close it again
            words = _(
                "This was saved on %(when)s already, and says something else. What you typed is still here: "
                "correct the first log on the account's page, under What happened."
            )
        super().__init__(words % {"when": when}, code="saved_before")


def lock_account(account_id: int) -> Account:
    """The account's row, locked before anything that belongs to it: one order, no deadlock."""
    return (
        Account.objects.select_for_update(no_key=True, of=("self",))
        .select_related("owner__team")
        .get(pk=account_id)
    )


def lock_open(user: User, touchpoint: Touchpoint) -> Touchpoint:
    """The touchpoint as it is now, locked behind its account; raises when it is no longer open."""
    locked = lock(user, touchpoint)
    if locked.state != Touchpoint.State.OPEN:
        raise TouchpointClosedError(locked, user)
    return locked


def lock(user: User, touchpoint: Touchpoint) -> Touchpoint:
    """Ask for permission, then lock account and touchpoint in this order."""
    require_editable(user, touchpoint)
    lock_account(touchpoint.account_id)
    locked: Touchpoint = (
        Touchpoint.objects.select_for_update(of=("self",))
        .select_related("account__owner", "slot", "item", "closed_by", "interaction__user")
        .get(pk=touchpoint.pk)
    )
    return locked


def require_editable(user: User, touchpoint: Touchpoint) -> None:
    """Refuse, before anything is read from a form, whoever may not change this touchpoint."""
    require_active(user)
    require(
        Touchpoint.objects.editable_by(user).filter(pk=touchpoint.pk).exists(),
        _("Only who it is assigned to or those who look after the account may change this."),
    )


def sent_before(user: User, token: UUID | None, account_id: int) -> Interaction | None:
    """The log that this very form has made already, if it was sent twice.

    Takes the account's lock before it looks: of two clicks at the same moment the second one waits for
    the first and finds its log.
    """
    if token is None:
        return None
    require_active(user)
    lock_account(account_id)
    found: Interaction | None = Interaction.objects.filter(token=token, user=user).first()
    return found


def _who_and_when(touchpoint: Touchpoint, reader: User) -> str:
    who = touchpoint.closed_by or (touchpoint.interaction.user if touchpoint.interaction else None)
    words = {
        "who": who.display_name if who else _("The engine"),
        "when": formats.date_format(local(touchpoint.updated_at, reader), "j M H:i"),
        "reason": touchpoint.reason,
    }
    if touchpoint.state == Touchpoint.State.DONE:
        return _("%(who)s logged this on %(when)s. What you typed is still here.") % words
    if touchpoint.state == Touchpoint.State.SKIPPED:
        return _("%(who)s skipped this on %(when)s: %(reason)s. What you typed is still here.") % words
    return _("This is no longer owed since %(when)s (%(reason)s). What you typed is still here.") % words
