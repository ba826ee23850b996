"""``load_demo`` through its command: numbers, something to do on any day, and never twice."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Account, BookEntry
from cadences.models import Schedule, Touchpoint
from contacts.models import Ask, Commitment, Concern, Contact, Interaction
from imports.demo import check, people
from sales.models import Purchase
from users.models import Absence, User

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAYS = {
    "Monday": date(2026, 11, 23),
    "Saturday": date(2026, 11, 28),
    "leap day": date(2028, 2, 29),
    "last of the year": date(2026, 12, 31),
    "after Easter": date(2027, 3, 29),
}


def load(day, logins):
    out = StringIO()
    with time_machine.travel(datetime.combine(day, datetime.min.time()) + timedelta(hours=9), tick=False):
        call_command("load_demo", on=day, logins=logins, stdout=out)
    return out.getvalue()


@pytest.fixture
def logins(tmp_path):
    return tmp_path / "var" / "demo-logins.txt"


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
def test_everybody_has_something_to_do_whatever_day_it_is(day, logins):
    load(day, logins)

    staff = {person.key: User.objects.get(email=person.email) for person in people.STAFF}
    assert check.shortfalls(staff, day) == []


def test_the_company_that_the_demo_promises(logins):
    day = DAYS["Monday"]

    out = load(day, logins)

    assert User.objects.count() == 8
    assert Account.objects.count() == 400
    assert Contact.objects.count() == 900
    assert Purchase.objects.count() == 2000
    assert Absence.objects.filter(starts_on__gt=day).count() == 1
    assert Schedule.get().is_on
    for model, least in ((Interaction, 3000), (Concern, 80), (Commitment, 80), (Ask, 40)):
        assert model.objects.count() >= least, model
    assert Concern.objects.filter(resolved_on=None).count() >= 8
    assert {BookEntry.objects.filter(user__email=person.email).count() for person in people.SELLERS} == {25}
    assert not Interaction.objects.filter(happened_on__gt=day).exists()
    assert people.PASSWORD in out
    assert logins.read_text().count("@") == 8


def test_people_can_sign_in_with_the_password_that_is_shown(logins, client):
    load(DAYS["Monday"], logins)

    assert client.login(username=people.STAFF[0].email, password=people.PASSWORD)


def test_the_engine_alone_made_what_is_owed(logins):
    day = DAYS["Monday"]
    load(day, logins)
    before = list(Touchpoint.objects.order_by("pk").values_list("pk", "state", "due_on", "assignee"))

    with time_machine.travel(datetime(2026, 11, 23, 9), tick=False):
        call_command("nightly", on=day, stdout=StringIO())

    after = list(Touchpoint.objects.order_by("pk").values_list("pk", "state", "due_on", "assignee"))
    assert after == before


def test_a_database_in_use_is_left_alone(logins):
    Account.objects.create(name="Somebody's customer")

    out = load(DAYS["Monday"], logins)

    assert "nothing was loaded" in out
    assert Account.objects.count() == 1
    assert not logins.exists()


def test_it_refuses_to_run_in_production(logins, settings):
    settings.SETTINGS_MODULE = "config.settings.prod"

    with pytest.raises(CommandError, match="production"):
        load(DAYS["Monday"], logins)

    assert not User.objects.exists()
