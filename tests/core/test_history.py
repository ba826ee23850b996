"""Who changed what, when, before and after, whichever door a change came through."""

from __future__ import annotations

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from core.history import acting
from core.history_reading import Change, changes_of
from tests.factories import (
    make_account,
    make_concern,
    make_contact,
    make_interaction,
    make_purchase,
    make_team,
    make_tier,
    make_user,
)
from users import services
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari(db: None) -> User:
    return make_user("admin", display_name="Kari Hansen", password="correct horse battery")


@pytest.fixture
def account() -> Account:
    return make_account(name="Borg & Co", city="Oslo")


def said(change: Change) -> tuple[str, str, str, str]:
    return (change.who, change.field, change.before, change.after)


def save(account: Account) -> None:
    account.city = "Bergen"
    account.save()


def update(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(city="Bergen")


def bulk_update(account: Account) -> None:
    account.city = "Bergen"
    Account.objects.bulk_update([account], ["city"])


def raw_sql(account: Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_account SET city = 'Bergen' WHERE id = %s", [account.pk])


@pytest.mark.parametrize("door", [save, update, bulk_update, raw_sql])
def test_every_door_leaves_before_after_and_who(kari, account, door):
    with acting(kari):
        door(account)
    account.refresh_from_db()
    assert [said(change) for change in changes_of(account)] == [("Kari Hansen", "City", "Oslo", "Bergen")]


def test_a_page_leaves_the_user_who_sent_the_form(kari):
    other = make_user(display_name="Old name")
    client = Client()
    client.force_login(kari)
    form = {"display_name": "New name", "email": other.email, "roles": ["salesperson"]}
    client.post(reverse("users:edit", args=[other.pk]), form | {"time_zone": "UTC", "language": "en"})
    other.refresh_from_db()
    assert [said(change) for change in changes_of(other)] == [
        ("Kari Hansen", "Display name", "Old name", "New name")
    ]


def test_changes_chain_newest_first(kari, account):
    with acting(kari):
        for city in ("Bergen", "Tromsø", "Oslo"):
            Account.objects.filter(pk=account.pk).update(city=city)
    account.refresh_from_db()
    steps = [(change.before, change.after) for change in changes_of(account)]
    assert steps == [("Tromsø", "Oslo"), ("Bergen", "Tromsø"), ("Oslo", "Bergen")]
    assert [(c.before, c.after) for c in changes_of(account, limit=1)] == [("Tromsø", "Oslo")]


def test_fields_saved_together_are_one_event_and_read_as_people_say_them(kari, account):
    owner, tier = make_user(display_name="Per Vik"), make_tier(3, name="Large")
    with acting(kari):
        Account.objects.filter(pk=account.pk).update(owner=owner, tier=tier, employees=12)
    account.refresh_from_db()
    found = changes_of(account)
    assert len({change.event for change in found}) == 1
    shown = {change.field: (change.before, change.after) for change in found}
    assert shown["Owner"] == ("", "Per Vik")
    assert shown["Tier"] == ("", "Large")
    assert shown["Employees"] == ("", "12")


def test_roles_read_as_words(kari):
    other = make_user("reader")
    services.edit_user(kari, other, roles=["reader", "manager"])
    other.refresh_from_db()
    assert [(c.before, c.after) for c in changes_of(other)] == [("Reader", "Manager, Reader")]


def test_an_unchanged_save_leaves_nothing(account):
    account.save()
    assert changes_of(account) == []


def test_passwords_and_sign_ins_leave_nothing(kari):
    kari.set_password("another one, quite long")
    kari.save()
    Client().force_login(kari)
    kari.refresh_from_db()
    assert changes_of(kari) == []


def test_a_deactivated_users_name_stays(kari, account):
    other = make_user("admin", display_name="Gone Girl")
    with acting(other):
        update(account)
    services.deactivate(kari, other)
    account.refresh_from_db()
    assert [change.who for change in changes_of(account)] == ["Gone Girl"]


def test_commands_give_a_reason_and_nobody_is_the_system(account):
    with acting(None, "nightly run"):
        update(account)
    Account.objects.filter(pk=account.pk).update(city="Voss")
    account.refresh_from_db()
    assert [change.who for change in changes_of(account)] == ["the system", "nightly run"]


def test_the_first_admin_by_command_is_history_too(kari):
    other = make_user("reader", email="boss@tend.example")
    call_command("create_admin", "boss@tend.example", "Boss")
    other.refresh_from_db()
    assert {change.who for change in changes_of(other)} == {"create_admin"}


def test_two_and_thirty_changes_cost_the_same(kari, account, django_assert_num_queries):
    def change(times: int) -> None:
        for _ in range(times):
            with acting(make_user()):
                Account.objects.filter(pk=account.pk).update(owner=make_user(), tier=make_tier(1))
        account.refresh_from_db()

    change(2)
    with CaptureQueriesContext(connection) as few:
        changes_of(account)
    change(30)
    with django_assert_num_queries(len(few)):
        changes_of(account)


class TestPage:
    @pytest.fixture
    def records(self, account):
        contact = make_contact(account)
        return {
            "accounts.account": account,
            "contacts.contact": contact,
            "contacts.interaction": make_interaction(account),
            "contacts.concern": make_concern(account),
            "sales.purchase": make_purchase(account, account.created_at.date()),
        }

    def test_every_record_that_people_edit_has_one(self, kari, records):
        client = Client()
        client.force_login(kari)
        for label, record in {**records, "users.user": kari}.items():
            page = client.get(reverse("core:history", args=[label, record.pk]))
            assert page.status_code == 200, label
            assert b"Nothing was changed" in page.content

    def test_htmx_gets_the_fragment_and_a_browser_the_page(self, kari, account):
        client = Client()
        client.force_login(kari)
        address = reverse("core:history", args=["accounts.account", account.pk])
        assert b"<html" in client.get(address).content
        assert b"<html" not in client.get(address, headers={"HX-Request": "true"}).content

    @pytest.mark.parametrize("label", ["users.session", "users.team", "auth.group", "nothing.here", "x"])
    def test_other_tables_cannot_be_read_by_it(self, kari, label):
        client = Client()
        client.force_login(kari)
        assert client.get(reverse("core:history", args=[label, make_team().pk])).status_code == 404

    def test_the_history_of_users_is_for_admins(self, kari):
        client = Client()
        client.force_login(make_user("manager"))
        assert client.get(reverse("core:history", args=["users.user", kari.pk])).status_code == 404


def test_no_trigger_of_the_history_catches_an_error() -> None:
    """Each caught error walks through all keys that wait for the commit: the square of the rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc ILIKE %s",
            ["%exception%when%"],
        )
        assert cursor.fetchall() == []


def test_what_is_ignored_leaves_no_event_and_the_next_change_does(account: Account, kari: User) -> None:
    with pgtrigger.ignore("accounts.Account:update_update"):
        save(account)
    assert changes_of(account) == []
    with acting(kari):
        account.city = "Voss"
        account.save()
    assert [said(one) for one in changes_of(account)] == [("Kari Hansen", "City", "Bergen", "Voss")]
    with acting(None, "nightly run"):
        account.city = "Odda"
        account.save()
    account.city = "Lom"
    account.save()
    assert [one.who for one in changes_of(account)] == ["the system", "nightly run", "Kari Hansen"]
