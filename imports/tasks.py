"""Doorbells: the batch's row says what is to be done."""

from celery import shared_task

from imports import services
from imports.bin import emptying


@shared_task(name="imports.tasks.work")
def work(batch_id: int) -> None:
    """Check or run a batch that waits."""
    services.work(batch_id)


@shared_task(name="imports.tasks.resume")
def resume() -> None:
    """Take up what waits or was left by a dead worker; delete files that nobody needs."""
    services.resume_waiting()
    services.forget_files()


@shared_task(name="imports.tasks.empty_bin")
def empty_bin() -> None:
    """Once a day: what has lain in the recycle bin for 30 days is gone."""
    emptying.tick()
