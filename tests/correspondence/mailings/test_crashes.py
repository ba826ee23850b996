"""kill -9 of the worker while a mailing is prepared and while it is sent: nobody twice, nobody lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from correspondence.mailings import preparing
from correspondence.models import Mailing, Message, Piece
from tests import factories as make
from tests.correspondence.conftest import server  # noqa: F401 - a fixture
from tests.correspondence.mailings.conftest import everybody, outcomes, person
from tests.correspondence.test_crashes import per_recipient
from tests.queue import ROOT, _database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# A mail that is taken up by six workers that die has failed: so there are 40 mails for each kill, and
# MAILING_FAULTS=4000 kills a hundred.
MAILS = int(os.environ.get("MAILING_FAULTS", "200"))
KILLS = MAILS // 40
SEED = 20261126


@pytest.fixture
def mailing() -> Mailing:
    make.make_company()
    kari = make.make_user("admin")
    make.make_identity(kari, address="kari@tend.example")
    account = make.make_account(kari)
    for n in range(MAILS):
        person(kari, n, account, is_main=False)
    from correspondence.mailings import services

    return services.schedule(kari, make.make_mailing(kari, whom="all"), everybody())


def process(module: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    known = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": _database_url(),
    }
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=known | env, capture_output=True, text=True,
        timeout=300 + 30 * KILLS, check=False,
    )  # fmt: skip


def test_killed_at_random_mails_sent_and_uncertain_are_the_audience(server: Any, mailing: Mailing) -> None:  # noqa: F811
    there = server()
    preparing.prepare(mailing.pk)
    done = process(
        "tests.correspondence.mailings.crash", str(SEED), str(KILLS), EMAIL_URL=f"smtp://127.0.0.1:{there.port}",
        TEND_TEST_TRANSPORT="correspondence.transport.SmtpBackend",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == KILLS
    audience = set(mailing.recipients.values_list("address", flat=True))
    by_state = {
        state: set(Message.objects.filter(state=state).values_list("recipient", flat=True))
        for state in ("sent", "uncertain")
    }
    assert by_state["sent"] | by_state["uncertain"] == audience
    assert len(audience) == MAILS
    arrived = per_recipient(there)
    assert set(arrived.values()) == {1}
    assert by_state["sent"] <= set(arrived) <= audience
    found = outcomes(mailing)
    assert found == {state: len(some) for state, some in by_state.items()}
    assert 0 < found["uncertain"] < MAILS
    assert Piece.objects.filter(state="left").count() == found["sent"]


def test_killed_while_it_is_prepared_it_goes_on_without_duplicates(mailing: Mailing) -> None:
    for made in (40, 80):
        died = process("tests.correspondence.mailings.prepare", str(mailing.pk), TEND_KILL_AT="mailing step")
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert Piece.objects.count() == Message.objects.count() == made
        Mailing.objects.update(lease_until=None)  # as if it had run out
    preparing.prepare(mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.rows_left, Piece.objects.count(), Message.objects.count()) == (0, MAILS, MAILS)
    assert mailing.recipients.waiting().count() == 0
    assert Message.objects.values("recipient").distinct().count() == MAILS
