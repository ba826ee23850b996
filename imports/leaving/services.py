"""Somebody leaves: one verb, one transaction. What they hold is given on, what is theirs alone ends."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from cadences.models import Appointment, BulkChange
from cadences.reassigning import share_out
from core import facts
from core.history import through
from imports.leaving.choices import Choices
from imports.leaving.shown import Leaving, Part, leaving
from users import mail
from users.access import require_admin
from users.models import User
from users.services import deactivate


@dataclass(frozen=True)
class Left:
    """What came of it. ``handed_over``: the change of accounts, if there was one; it can be taken back."""

    person: User
    handed_over: BulkChange | None


@transaction.atomic
def leave(by: User, person: User, choices: Choices, seen: str) -> Left:
    """Deactivate somebody and give on what they hold, as it was shown: ``seen`` is the token of that.

    Raises PermissionDenied (no admin, oneself), ValidationError: the last admin, or something else would be
    handed over than was looked at. Dates and history stay; new owners are told.
    """
    require_admin(by)
    with through("leaving"), facts.once_for_all():
        person = deactivate(by, person)
        shown = leaving(by, person, choices)
        if shown.token != seen:
            raise ValidationError(
                _("What they hold has changed while you were looking. Check the numbers and confirm again.")
            )
        shares = shown.division.by_owner()
        change = share_out(by, person, shares, _in_words(shown)) if shown.division.choice else None
        for part in shown.parts:
            _give(person, part)
        _end(person)
    _tell(by, shown)
    return Left(person, change)


def _in_words(shown: Leaving) -> str:
    """ "Accounts of Kari Holm, who has left, to Dag Moe and Mona Vik"."""
    names = get_text_list([owner.display_name for owner in shown.division.owners], _("and"))
    words = _("Accounts of %(name)s, who has left, to %(names)s")
    return words % {"name": shown.person.display_name, "names": names}


def _give(person: User, part: Part) -> None:
    """As shown. What has gone along with its account is theirs no more and is left alone."""
    for to, ids in part.gets.items():
        part.sort.give(part.sort.rows(person).filter(pk__in=ids), to)
    if part.sort.may_go_without and part.left:
        part.sort.give(part.sort.rows(person), None)


def _end(person: User) -> None:
    """What is theirs alone; sessions, feed, links and address have ended with ``deactivate``."""
    for meeting in Appointment.objects.planned().filter(colleagues=person, starts_at__gt=timezone.now()):
        meeting.colleagues.remove(person)


def _tell(by: User, shown: Leaving) -> None:
    """A mail to each who got something besides accounts, of which ``share_out`` tells."""
    for to, _accounts, parts in shown.gets:
        given = [(part.sort.label, count) for part, count in parts]
        if to != by and to.email and given:
            mail.send(
                "leaving/email/taken_over", str(to.email), user=to, by=by, person=shown.person, given=given,
                link=mail.absolute(reverse("home")),
            )  # fmt: skip
