"""``load_demo`` on days that are hard to plan for, and where it must do nothing."""

from datetime import date

import pytest
from django.core.management import CommandError

from accounts.models import Account
from imports.demo import check, people
from tests.imports.demo.conftest import MONDAY, load
from users.models import User

pytestmark = pytest.mark.django_db

DAYS = {
    "Saturday": date(2026, 11, 28),
    "leap day": date(2028, 2, 29),
    "last of the year": date(2026, 12, 31),
}


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
def test_everybody_has_something_to_do_whatever_day_it_is(day, logins):
    load(day, logins)

    staff = {person.key: User.objects.get(email=person.email) for person in people.STAFF}
    assert check.shortfalls(staff, day) == []


def test_a_database_in_use_is_left_alone(logins):
    Account.objects.create(name="Somebody's customer")

    out = load(MONDAY, logins)

    assert "nothing was loaded" in out
    assert Account.objects.count() == 1
    assert not logins.exists()


def test_it_refuses_to_run_in_production(logins, settings):
    settings.SETTINGS_MODULE = "config.settings.prod"

    with pytest.raises(CommandError, match="production"):
        load(MONDAY, logins)

    assert not User.objects.exists()
