"""The task queue. PostgreSQL decides what is due; tasks are only the doorbell (docs/engine.md)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

from config.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("tend")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def ring_once(**_signal: Any) -> None:
    """Catch up at once after a downtime, instead of at beat's first bell."""
    for bell in SCHEDULE:
        app.send_task(bell.task, expires=bell.every)
