"""What beat and the doorbell ring. The rows decide what is due."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from correspondence import services
from correspondence.letters import batches
from correspondence.mailings import preparing


@shared_task(name="correspondence.tasks.send_due")
def send_due(**_: Any) -> None:
    """Send what is due, and settle what a dead worker left."""
    services.send_due()


@shared_task(name="correspondence.tasks.forget")
def forget(**_: Any) -> None:
    """Delete rows and PDFs that nobody needs any more."""
    services.forget_old()
    batches.forget_old()


@shared_task(name="correspondence.tasks.print_letters")
def print_letters(batch_id: int, **_: Any) -> None:
    """Print many letters, or write down that they were posted."""
    batches.work(batch_id)


@shared_task(name="correspondence.tasks.resume_letters")
def resume_letters(**_: Any) -> None:
    """Take up letters that wait to be printed, or whose worker died."""
    batches.resume_waiting()


@shared_task(name="correspondence.tasks.mailings")
def mailings(**_: Any) -> None:
    """Start mailings that are due, go on with those nobody works on, end those that are over."""
    preparing.tick()


@shared_task(name="correspondence.tasks.prepare_mailing")
def prepare_mailing(mailing_id: int, **_: Any) -> None:
    """Make the pieces of one mailing."""
    preparing.prepare(mailing_id)
