"""How fast mail leaves: token buckets in the database, for all mail and per domain of the recipients.

A bucket is one moment, "full at": letting a mail through moves it on by one interval. A mail that finds its
bucket empty is told its turn once, and comes back for it; so ten thousand mails to one domain wait in line
without being asked again and again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from correspondence.models import Mailing, Message, Throttle

# A turn that came while nothing could be sent is not kept: else everything would leave at once afterwards.
KEPT = timedelta(seconds=60)


@dataclass(frozen=True)
class Rate:
    """So many mails a minute, a minute's worth of them (one at least) at once."""

    per_minute: float

    @property
    def interval(self) -> timedelta:
        return timedelta(minutes=1) / self.per_minute

    @property
    def burst(self) -> timedelta:
        return max(timedelta(minutes=1) - self.interval, timedelta(0))


def admit(rows: list[Message], now: datetime) -> list[Message]:
    """Those that may leave now; the others get ``next_try_at``. Call it in the claiming transaction."""
    paces = _paces(rows)
    wanted = {row.pk: _buckets(row, paces) for row in rows}
    buckets = _lock({name for names in wanted.values() for name in names}, now)
    admitted = []
    for row in rows:
        turn = _turn(row, [(buckets[name], rate) for name, rate in wanted[row.pk].items()], now)
        if turn <= now or row.is_urgent:
            admitted.append(row)
        else:
            row.next_try_at, row.has_slot = turn, True
    if buckets:
        Throttle.objects.bulk_update(buckets.values(), ["full_at"])
        Message.objects.bulk_update([row for row in rows if row not in admitted], ["next_try_at", "has_slot"])
    return admitted


def forget_pace(mailing_id: int) -> None:
    """A mailing goes on at its pace from now: turns that were given out and not used are not waited for."""
    Throttle.objects.filter(name=_mailing_bucket(mailing_id)).delete()


def _turn(row: Message, buckets: list[tuple[Throttle, Rate]], now: datetime) -> datetime:
    """When this mail may leave; pays for it."""
    if row.has_slot and now - row.next_try_at <= KEPT:
        return now
    turn = now
    for bucket, rate in buckets:
        bucket.full_at = max(bucket.full_at, now)
        turn = max(turn, bucket.full_at - rate.burst)
        bucket.full_at += rate.interval
    return turn


def _paces(rows: list[Message]) -> dict[int, float]:
    """Mails a minute of the mailings that have a pace: what was late does not leave all at once."""
    ids = {row.payload["mailing"] for row in rows if "mailing" in row.payload}
    if not ids:
        return {}
    paced = Mailing.objects.filter(pk__in=ids, per_hour__isnull=False).values_list("pk", "per_hour")
    return {mailing: per_hour / 60 for mailing, per_hour in paced}


def _buckets(row: Message, paces: Mapping[int, float]) -> dict[str, Rate]:
    mailing = row.payload.get("mailing", 0)
    limits: dict[str, float] = {
        "all": settings.MAIL_PER_MINUTE,
        f"domain {row.domain}"[:255]: settings.MAIL_PER_MINUTE_AND_DOMAIN,
        _mailing_bucket(mailing): paces.get(mailing, 0),
    }
    return {name: Rate(limit) for name, limit in limits.items() if limit > 0}


def _mailing_bucket(mailing_id: int) -> str:
    return f"mailing {mailing_id}"


def _lock(names: Iterable[str], now: datetime) -> dict[str, Throttle]:
    """The buckets, locked in one order so that two dispatchers never wait for each other."""
    wanted = sorted(names)
    if not wanted:
        return {}
    Throttle.objects.bulk_create([Throttle(name=name, full_at=now) for name in wanted], ignore_conflicts=True)
    found = Throttle.objects.filter(name__in=wanted).order_by("name").select_for_update()
    return {bucket.name: bucket for bucket in found}
