"""The whole beat schedule, in one place.

It is written into the database once; from then on the rows decide, so that an admin's change
outlives a restart (Celery's own CELERY_BEAT_SCHEDULE would overwrite it at every start of beat).
Beat only rings the bell: what is due, and whether it was done, the tick reads in the run log.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bell:
    """A task that is rung every so many seconds."""

    name: str
    task: str
    every: int
    why: str


SCHEDULE = (
    Bell("tick", "cadences.tasks.tick", 60, "Starts every periodic job that is due and not done."),
    Bell("heartbeat", "cadences.tasks.heartbeat", 60, "Shows on the Engine page that beat and worker live."),
    Bell("imports", "imports.tasks.resume", 60, "Takes up files that wait, or whose worker died."),
    Bell(
        "data care", "imports.tasks.nightly", 600, "Once a day: retention, recycle bin, what is there twice."
    ),
    Bell("bulk", "cadences.tasks.resume_bulk", 60, "Takes up changes of many accounts that wait."),
    Bell(
        "outbox", "correspondence.tasks.send_due", 30, "Sends mail that is due, or was left by a dead worker."
    ),
    Bell("letters", "correspondence.tasks.resume_letters", 60, "Takes up letters that wait to be printed."),
    Bell("mailings", "correspondence.tasks.mailings", 60, "Starts mailings, goes on with them, ends them."),
    Bell("digests", "cadences.tasks.digests", 300, "Mails people their day at the hour they chose."),
    Bell("old_mail", "correspondence.tasks.forget", 86_400, "Rows of mail that nobody needs are deleted."),
    Bell("sessions", "users.tasks.forget_old_sessions", 86_400, "Expired sign-ins do not pile up."),
)
RETIRED = ("duplicates", "bin")
"""Bells of earlier versions, whose task is not there any more."""


def install() -> int:
    """Add what is missing to the database, and remove what is retired. Returns how many were added."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask  # noqa: PLC0415 - needs loaded apps

    added = 0
    PeriodicTask.objects.filter(name__in=RETIRED).delete()
    for bell in SCHEDULE:
        interval, _ = IntervalSchedule.objects.get_or_create(
            every=bell.every, period=IntervalSchedule.SECONDS
        )
        _, created = PeriodicTask.objects.get_or_create(
            name=bell.name,
            defaults={
                "task": bell.task,
                "interval": interval,
                "description": bell.why,
                # A bell nobody heard in time is not rung again later: the next one says the same.
                "expire_seconds": bell.every,
            },
        )
        added += created
    return added
