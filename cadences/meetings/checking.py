"""What is wrong with the terms of an appointment, by the form's field names."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services import may_edit
from cadences.meetings.times import SkippedTimeError, instant
from cadences.models import Appointment
from cadences.services.dates import wrong_day
from users.clock import today_for
from users.models import User
from users.models.people import available_time_zones

if TYPE_CHECKING:
    from cadences.meetings.services import Terms


def check(user: User, account: Account, terms: Terms, before: Appointment | None = None) -> None:
    """Everything that is wrong, in one go. ``before``: as it was agreed, when it is changed."""
    wrong = _wrong_time(user, terms, before) | _wrong_people(user, account, terms, before)
    if terms.kind not in Appointment.Kind.values:
        wrong["kind"] = _("Choose how you meet.")
    if wrong:
        raise ValidationError(wrong)


def moments(terms: Terms) -> tuple[datetime, datetime]:
    """The instants of its beginning and its end. Raises ValidationError where clocks skip one."""
    found = []
    for name in ("at", "until"):
        try:
            found.append(instant(terms.on, getattr(terms, name), terms.time_zone))
        except SkippedTimeError as error:
            words = {"day": formats.date_format(terms.on, "j M Y"), "zone": terms.time_zone}
            raise ValidationError(
                {
                    name: _(
                        "Clocks are set forward over this time on %(day)s (%(zone)s): choose an earlier or a "
                        "later one."
                    )
                    % words
                }
            ) from error
    return found[0], found[1]


def _wrong_time(user: User, terms: Terms, before: Appointment | None) -> dict[str, str]:
    if terms.time_zone not in available_time_zones():
        return {
            "time_zone": _("%(name)s is no time zone. Enter one like Europe/Oslo.")
            % {"name": terms.time_zone}
        }
    is_moved = before is None or before.local_start.date() != terms.on
    if is_moved and (words := wrong_day(terms.on, today_for(user))):
        return {"on": words}
    if terms.until <= terms.at:
        return {"until": _("The end is not after the beginning: choose a later time.")}
    starts_at, ends_at = moments(terms)
    if ends_at <= starts_at:  # one of them lies in the hour that comes twice
        return {"until": _("Clocks are set back meanwhile: choose a later time.")}
    return {}


def _wrong_people(user: User, account: Account, terms: Terms, before: Appointment | None) -> dict[str, str]:
    wrong: dict[str, str] = {}
    known = {contact.pk for contact in before.people} if before else set()
    if not terms.contacts:
        wrong["contacts"] = _("A meeting is with somebody: choose at least one person of theirs.")
    for contact in terms.contacts:
        gone = contact.left_on is not None and contact.pk not in known
        if contact.account_id != account.pk or gone:
            wrong["contacts"] = _("%(name)s does not work at this account: choose somebody who does.") % {
                "name": contact
            }
    if not terms.host.is_active:
        wrong["host"] = _("%(name)s does not work here any more: choose another host.") % {"name": terms.host}
    elif not _may_host(user, account, terms.host, before):
        wrong["host"] = _(
            "Choose yourself or the account's owner. Who looks after the account may choose anybody."
        )
    return wrong


def _may_host(user: User, account: Account, host: User, before: Appointment | None) -> bool:
    if host in (user, account.owner) or (before is not None and host == before.host):
        return True
    return may_edit(user, account)
