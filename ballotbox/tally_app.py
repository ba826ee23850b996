"""The tally as a worker of its own: ``celery -A ballotbox.tally_app worker -Q tally``.

Reads BALLOTS_TALLY_URL, TALLY_KEYS, REDIS_URL (and TRUSTEE_PUBLIC_KEY) from the environment and nothing else:
no settings of the application, no database of it. Tasks carry ids and days; the database decides what is due,
so a task that comes twice, late or not at all does no harm.
"""

import os
from datetime import date
from uuid import UUID

from celery import Celery

from ballotbox import tally

QUEUE = "tally"

app = Celery("ballotbox.tally", broker=os.environ.get("REDIS_URL", ""), set_as_current=False)
app.conf.update(
    task_default_queue=QUEUE,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_serializer="json",
    accept_content=["json"],
    task_send_sent_event=False,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=1,  # what was open in memory ends with the process that had it
    broker_connection_retry_on_startup=True,
    timezone="UTC",
)


@app.task(name="ballotbox.prepare_wave")
def prepare_wave(wave: str) -> None:
    """Make the key of a wave and the place for its ballots."""
    tally.prepare_wave(tally.Tally.from_environment(), UUID(wave))


@app.task(name="ballotbox.settle")
def settle(on: str) -> None:
    """Let out or hold every wave that has closed before that day ("2026-10-29")."""
    tally.settle(tally.Tally.from_environment(), date.fromisoformat(on))


@app.task(name="ballotbox.destroy_expired")
def destroy_expired(on: str) -> None:
    """Destroy unread what has been held too long on that day."""
    tally.destroy_expired(tally.Tally.from_environment(), date.fromisoformat(on))
