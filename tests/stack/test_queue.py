"""Beat rings, the worker hears, and both come back after a kill -9."""

import pytest
from django_celery_beat.models import PeriodicTask

from config import schedule
from tests.queue import Queue, running_queue

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("installation"),
]


def heard(queue: Queue, task: str) -> int:
    """How often the worker has written of a task."""
    return (queue.folder / "worker.log").read_text().count(task)


def test_the_schedule_is_installed_once_and_an_admins_change_stays() -> None:
    assert schedule.install() == len(schedule.SCHEDULE)
    PeriodicTask.objects.filter(name="tick").update(enabled=False)
    assert schedule.install() == 0
    assert not PeriodicTask.objects.get(name="tick").enabled


def test_real_beat_rings_and_a_real_worker_hears() -> None:
    with running_queue() as queue:
        for bell in schedule.SCHEDULE:
            # Once comes from the worker's own start; more can only come from beat.
            queue.wait_for(lambda task=bell.task: heard(queue, task) > 5)


def test_a_killed_broker_is_found_again() -> None:
    with running_queue() as queue:
        queue.wait_for(lambda: heard(queue, "cadences.tasks.tick") > 5)
        queue.kill(queue.broker)
        queue.start_broker()
        before = heard(queue, "cadences.tasks.tick")
        queue.wait_for(lambda: heard(queue, "cadences.tasks.tick") > before + 5)
