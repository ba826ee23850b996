"""Whose hour has come. A worker that was away catches up until noon; a morning mail is none after that."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from cadences.capacity import capacity
from cadences.digest.content import day_mail, team_mail
from cadences.digest.mails import DAY, TEAM
from cadences.models import Schedule
from cadences.models.digest import Digest
from correspondence.models import Topic
from correspondence.services import Draft, enqueue_many
from users.clock import local
from users.models import User

logger = logging.getLogger(__name__)
NOON = time(12)
KEPT = timedelta(days=60)
FIRST_HOUR = time(7)
"""When the team's mail leaves for a manager without a mail of their own day."""


def tick(now: datetime | None = None) -> int:
    """Put the mails of everybody whose hour has come into the outbox; returns how many.

    Each person's morning is settled once, in a transaction of its own: one that fails holds up nobody.
    """
    if not Schedule.get().is_on:
        return 0
    now = now or timezone.now()
    Digest.objects.filter(day__lt=now.date() - KEPT).delete()
    sent = 0
    for user, today in _due(now):
        try:
            sent += _settle_both(user, today)
        except Exception:
            logger.exception(
                "The mail about their day of user %s could not be put in; tried again soon.", user.pk
            )
    return sent


def _settle_both(user: User, today: date) -> int:
    sent = int(user.digest_at is not None and _settle(user, Digest.Kind.DAY, today, today))
    if user.is_manager and user.team_digest:
        sent += _settle(user, Digest.Kind.TEAM, today - timedelta(days=today.weekday()), today)
    return sent


def _due(now: datetime) -> list[tuple[User, date]]:
    """Active people with a mailbox on a morning of work, who have not been settled; with their today."""
    done = set(
        Digest.objects.filter(day__gte=now.date() - timedelta(days=8)).values_list("user", "kind", "day")
    )
    people: dict[date, list[User]] = {}
    for user in User.objects.who_can_sign_in():
        there = local(now, user)
        if (user.digest_at or FIRST_HOUR) <= there.time() < NOON and _is_open(user, there.date(), done):
            people.setdefault(there.date(), []).append(user)
    return [(user, day) for day, some in people.items() for user in _at_work(some, day)]


def _is_open(user: User, today: date, done: set[tuple[int, str, date]]) -> bool:
    monday = today - timedelta(days=today.weekday())
    day_open = user.digest_at is not None and (user.pk, Digest.Kind.DAY.value, today) not in done
    wants_team = user.is_manager and user.team_digest
    return day_open or (wants_team and (user.pk, Digest.Kind.TEAM.value, monday) not in done)


def _at_work(people: list[User], day: date) -> list[User]:
    """Who of them works on that day and is not away."""
    working = {one.user_id for one in capacity([user.pk for user in people], day, day)}
    return [user for user in people if user.pk in working]


@transaction.atomic
def _settle(user: User, kind: Digest.Kind, period: date, today: date) -> bool:
    """The mail goes into the outbox, unless there is nothing to say or the period was settled before."""
    row, is_new = Digest.objects.get_or_create(
        user=user, kind=kind, day=period, defaults={"is_mailed": False}
    )
    if not is_new or _CONTENT[kind](user, today):
        return False
    name = DAY if kind == Digest.Kind.DAY else TEAM
    payload = {"user": user.pk, "day": period.isoformat()}
    enqueue_many([Draft(name, Topic.SERVICE, user.email or "", f"{user.pk} {period}", payload)])
    row.is_mailed = True
    row.save(update_fields=["is_mailed"])
    return True


_CONTENT: dict[Digest.Kind, Callable[[User, date], bool]] = {
    Digest.Kind.DAY: lambda user, today: day_mail(user, today).is_empty,
    Digest.Kind.TEAM: lambda user, today: team_mail(user, today).is_empty,
}
