"""kill -9 at every step of the outbox, several dispatchers at once: real processes, a real mail server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from correspondence import services
from correspondence.models import Message
from tests.correspondence.conftest import LETTER, NOTICE, put, states
from tests.correspondence.servers import Server
from tests.queue import ROOT, _database_url, running_queue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# step -> what is certain of a batch of three when the worker dies there
STEPS = ["outbox claimed", "outbox rendered", "outbox announced", "outbox handed over", "outbox recorded"]


def dispatcher(server: Server, kill_at: str = "") -> subprocess.Popen[bytes]:
    env = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": _database_url(),
        "TEND_TEST_TRANSPORT": "correspondence.transport.SmtpBackend",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "TEND_KILL_AT": kill_at,
    }
    return subprocess.Popen([sys.executable, "-m", "tests.correspondence.crash"], cwd=ROOT, env=env)


def afterwards() -> None:
    """As if the leases had run out and every pause were over."""
    Message.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))
    services.send_due()
    Message.objects.filter(state="pending").update(next_try_at=timezone.now())
    services.send_due()


def per_recipient(server: Server) -> Counter[str]:
    return Counter(kept.recipient for kept in server.kept)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_a_letter_arrives_at_most_once(server: Any, step: str) -> None:
    there = server()
    put(1, 2, 3)
    assert dispatcher(there, step).wait(timeout=60) == -signal.SIGKILL
    arrived = len(there.kept)
    afterwards()
    assert max(per_recipient(there).values(), default=0) <= 1
    if step in {"outbox claimed", "outbox rendered"}:  # nobody had heard of them: they are not lost
        assert arrived == 0
        assert states() == ["sent"] * 3
        assert len(there.kept) == 3
    elif step == "outbox recorded":
        assert states() == ["sent"] * 3
        assert arrived == 3
    else:  # a person decides
        assert states() == ["uncertain"] * 3
        assert len(there.kept) == arrived == (step == "outbox handed over")


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_a_notice_arrives_at_least_once(server: Any, step: str) -> None:
    there = server()
    put(1, 2, 3, kind=NOTICE)
    assert dispatcher(there, step).wait(timeout=60) == -signal.SIGKILL
    afterwards()
    assert states() == ["sent"] * 3
    assert set(per_recipient(there).values()) <= {1, 2}
    assert len(per_recipient(there)) == 3
    assert len({str(kept.message["Message-ID"]) for kept in there.kept}) == 3


def test_a_batch_that_kills_its_worker_each_time_ends(server: Any) -> None:
    there = server()
    put(1)
    Message.objects.update(state="sending", attempts=6, lease_until=timezone.now() - timedelta(seconds=1))
    services.send_due()
    assert states() == ["failed"]
    assert there.kept == []


def test_three_dispatchers_at_once_send_everything_once(server: Any) -> None:
    there = server()
    put(*range(300))
    running = [dispatcher(there) for _ in range(3)]
    assert [one.wait(timeout=120) for one in running] == [0, 0, 0]
    services.send_due()
    assert set(states()) == {"sent"}
    assert set(per_recipient(there).values()) == {1}
    assert len(there.kept) == 300


def test_a_worker_that_was_given_up_and_comes_back_settles_nothing_of_others() -> None:
    from correspondence.services import claiming, outcomes
    from correspondence.verdicts import Outcome, Result

    put(1)
    (mine,), _more = claiming.claim(timezone.now())
    Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    claiming.sweep(timezone.now())
    (theirs,), _more = claiming.claim(timezone.now())
    assert theirs.attempts == 2
    outcomes.record([(mine, Result(Outcome.REFUSED, "too late"))])
    outcomes.cancel([mine], {mine.pk: "no longer wanted"})
    outcomes.fail([mine], {mine.pk: "could not be rendered"})
    assert states() == ["sending"]
    outcomes.record([(theirs, Result(Outcome.SENT))])
    assert states() == ["sent"]


@pytest.mark.xdist_group("installation")
def test_a_real_worker_rung_by_beat_sends_what_nobody_rang_for(server: Any) -> None:
    from django.core.mail import EmailMessage, get_connection

    there = server()
    outbox = get_connection("correspondence.backend.OutboxBackend")
    EmailMessage("Hello", "Text", None, ["eva@customer.example"], connection=outbox).send()
    transport = {
        "TEND_TEST_TRANSPORT": "correspondence.transport.SmtpBackend",
        "EMAIL_URL": f"smtp://127.0.0.1:{there.port}",
    }
    with running_queue(**transport) as queue:
        queue.wait_for(lambda: states() == ["sent"])
    assert per_recipient(there) == {"eva@customer.example": 1}
    assert LETTER not in Message.objects.values_list("kind", flat=True)
