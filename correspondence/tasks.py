"""What beat and the doorbell ring. The rows decide what is due."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from correspondence import services


@shared_task(name="correspondence.tasks.send_due")
def send_due(**_: Any) -> None:
    """Send what is due, and settle what a dead worker left."""
    services.send_due()


@shared_task(name="correspondence.tasks.forget")
def forget(**_: Any) -> None:
    """Delete rows that nobody needs any more."""
    services.forget_old()
