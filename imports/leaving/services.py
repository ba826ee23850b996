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
from cadences.reassigning.noted import Given
from cadences.reassigning.services import begun, keep_apart
from core import facts
from core.among import among
from core.history import through
from imports.leaving.choices import Choices
from imports.leaving.shown import Leaving, Part, leaving
from users import mail
from users.access import require_admin
from users.models import User
from users.services import deactivate


@dataclass(frozen=True)
class Left:
    """What came of it. ``accounts``: how many have new owners; ``change``: takes it back, if anything can."""

    person: User
    accounts: int
    change: BulkChange | None


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
        what = _in_words(shown)
        besides = [one for part in shown.parts if not part.sort.follows for one in _give(person, part)]
        change = share_out(by, person, shares, what, besides) if shown.division.choice else None
        given = [one for part in shown.parts if part.sort.follows for one in _give(person, part)]
        if given or besides:
            change = change or begun(by, person, what, besides)
            keep_apart(change, given)
        _end(person)
    _tell(by, shown)
    return Left(person, len(shown.division.choice), change)


def _in_words(shown: Leaving) -> str:
    """ "Accounts of Kari Holm, who has left, to Dag Moe and Mona Vik"."""
    if shown.division.choice:
        words, people = _("Accounts of %(name)s, who has left, to %(names)s"), shown.division.owners
    else:
        words = _("What %(name)s, who has left, held, to %(names)s")
        people = [one for one, _accounts, _parts in shown.gets]
    names = get_text_list([one.display_name for one in people], _("and")) or _("nobody")
    return words % {"name": shown.person.display_name, "names": names}


def _give(person: User, part: Part) -> list[Given]:
    """As shown; gives what can be taken back. What has gone along with its account is theirs no more."""
    sort = part.sort
    rows = sort.rows(person).filter(pk__in=among(part.rows))
    was = dict(rows.order_by().values_list("pk", sort.kind.was or "pk"))
    for to, ids in part.gets.items():
        sort.kind.give(sort.rows(person).filter(pk__in=among(ids)), to)
    if sort.may_go_without and part.left:
        sort.kind.give(sort.rows(person), None)
    now = sort.kind.model._base_manager.filter(pk__in=among(was)).order_by("pk")
    return [
        Given(
            sort.key, row.pk, person.pk, sort.kind.holder(row), part.rows[row.pk], sort.kind.words_of(row),
            was[row.pk] if sort.kind.was else "",
        )
        for row in now
        if sort.kind.holder(row) != person.pk
    ]  # fmt: skip


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
