"""Loading the demo on a day of choice, as the command does it."""

from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

MONDAY = date(2026, 11, 23)


def load(day: date, logins: Path) -> str:
    """What the command printed; the clock says nine o'clock of that day."""
    out = StringIO()
    with time_machine.travel(datetime.combine(day, datetime.min.time()) + timedelta(hours=9), tick=False):
        call_command("load_demo", on=day, logins=logins, stdout=out)
    return out.getvalue()


@pytest.fixture
def logins(tmp_path):
    return tmp_path / "var" / "demo-logins.txt"


@pytest.fixture(scope="module")
def monday(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo of a Monday, loaded once for all tests of a module and rolled back after them."""
    logins = tmp_path_factory.mktemp("var") / "demo-logins.txt"
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole._from_testcase = True  # durable blocks may run inside, as in any test
        with whole:
            yield load(MONDAY, logins), logins
            transaction.set_rollback(True)
