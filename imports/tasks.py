"""Doorbells: the batch's row says what is to be done."""

from datetime import timedelta

from celery import shared_task

from core.history import acting
from imports import nightly as care
from imports import services
from imports.duplicates import finding
from imports.erasing import services as erasing
from imports.taking_out import archives
from imports.undo.services import forget_journals
from users.clock import company_today


@shared_task(name="imports.tasks.work")
def work(batch_id: int) -> None:
    """Check or run a batch that waits."""
    services.work(batch_id)


@shared_task(name="imports.tasks.resume")
def resume() -> None:
    """Take up what waits or was left by a dead worker; delete what nobody needs or nobody may have."""
    services.resume_waiting()
    services.forget_files()
    forget_journals()
    archives.resume_waiting()
    archives.forget_old()
    with acting(None, "replay_erasures"):
        erasing.replay(timedelta(minutes=1))


@shared_task(name="imports.tasks.nightly")
def nightly() -> None:
    """Once a day: forget words, empty the recycle bin, look for what is there twice."""
    care.tick()


@shared_task(name="imports.tasks.find_duplicates")
def find_duplicates(asked_by: str) -> None:
    """Look again because somebody asks."""
    finding.run(company_today(), asked_by, again=True)


@shared_task(name="imports.tasks.take_out")
def take_out(archive_id: int) -> None:
    """Write everything into one archive."""
    archives.work(archive_id)
