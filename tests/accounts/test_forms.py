"""Forms of the account through their pages: saved, refused, nothing typed lost."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Account, BookEntry, Tag
from tests.factories import make_account, make_book_entry, make_team, make_tier, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def manager():
    return make_user("manager", display_name="Mia")


@pytest.fixture
def kari(manager):
    return make_user(display_name="Kari", team=make_team(manager))


@pytest.fixture
def account(kari):
    return make_account(kari, name="Acme", city="Oslo", country="NO", status="customer")


def address(name, account):
    return reverse(f"accounts:{name}", args=[account.pk])


def typed(client, where):
    """What the form holds when it is opened, as the browser would send it back."""
    form = client.get(where).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


class TestCreate:
    def test_adds_an_account_of_ones_own(self, client, kari):
        client.force_login(kari)
        where = reverse("accounts:create")
        answer = client.post(
            where, typed(client, where) | {"name": "Fjord Kraft", "country": "NO", "phone": "22123456"}
        )
        made = Account.objects.get()
        assert answer.url == address("detail", made)
        assert (made.owner, made.phone_e164) == (kari, "+4722123456")

    def test_keeps_what_was_typed_when_refused(self, client, kari):
        client.force_login(kari)
        answer = client.post(
            reverse("accounts:create"),
            {"name": "", "city": "Bergen", "email": "no mail", "time_zone": "Mars/Base", "owner": kari.pk},
        )
        html = answer.content.decode()
        assert answer.status_code == 422
        assert not Account.objects.exists()
        for words in ('value="Bergen"', 'value="no mail"', 'value="Mars/Base"', "There is no such time zone"):
            assert words in html

    def test_is_not_for_readers(self, client):
        client.force_login(make_user("reader"))
        assert client.get(reverse("accounts:create")).status_code == 403
        assert client.post(reverse("accounts:create"), {"name": "X"}).status_code == 403
        assert not Account.objects.exists()

    def test_nobody_adds_for_a_stranger(self, client, kari):
        client.force_login(kari)
        answer = client.post(reverse("accounts:create"), {"name": "X", "owner": make_user().pk})
        assert answer.status_code == 422
        assert not Account.objects.exists()


class TestEdit:
    def test_saves_and_returns_to_the_account(self, client, account, kari):
        client.force_login(kari)
        where = address("edit", account)
        answer = client.post(where, typed(client, where) | {"city": "Bergen"}, follow=True)
        account.refresh_from_db()
        assert account.city == "Bergen"
        assert "Saved." in answer.content.decode()

    def test_a_colleague_who_saved_meanwhile_is_not_overwritten(self, client, account, kari):
        client.force_login(kari)
        where = address("edit", account)
        form = typed(client, where)
        account.city = "Trondheim"
        with time_machine.travel("2026-11-24 09:05:00+00:00", tick=False):
            account.save()
        refused = client.post(where, form | {"city": "Bergen"})
        account.refresh_from_db()
        assert account.city == "Trondheim"
        assert refused.status_code == 422
        html = refused.content.decode()
        assert "Trondheim" in html
        assert 'value="Bergen"' in html
        form["version"] = refused.context["form"]["version"].value()
        assert client.post(where, form | {"city": "Bergen"}).status_code == 302
        account.refresh_from_db()
        assert account.city == "Bergen"

    def test_what_is_stored_is_said_in_words(self, client, account, kari):
        client.force_login(kari)
        where = address("edit", account)
        form = typed(client, where)
        Account.objects.filter(pk=account.pk).update(country="DE", updated_at=account.updated_at)
        with time_machine.travel("2026-11-24 09:05:00+00:00", tick=False):
            Account.objects.get(pk=account.pk).save()
        html = client.post(where, form | {"country": "SE", "employees": "12"}).content.decode()
        assert "Country: Germany" in html
        assert "Employees: –" in html

    def test_owner_and_status_do_not_ride_along(self, client, account, kari):
        client.force_login(kari)
        where = address("edit", account)
        client.post(where, typed(client, where) | {"owner": "", "status": "former", "tier": "1"})
        account.refresh_from_db()
        assert (account.owner, account.status) == (kari, "customer")


ROLES = {
    "owner": True, "manager": True, "admin": True, "deputy": True,
    "colleague": False, "other manager": False, "reader": False,
}  # fmt: skip
FORMS = {
    "edit": {"name": "New"},
    "tier": {"tier": ""},
    "pause": {"paused_from": "2026-12-01", "paused_until": "2026-12-05", "pause_reason": "x"},
    "former": {"former": "1"},
    "book": {"in_book": "1"},
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("role", ROLES)
def test_only_those_who_look_after_the_account(client, account, kari, manager, role, name):
    kari.deputy = make_user()
    kari.save()
    users = {
        "owner": kari, "manager": manager, "admin": make_user("admin"), "deputy": kari.deputy,
        "colleague": make_user(), "other manager": make_user("manager"), "reader": make_user("reader"),
    }  # fmt: skip
    before = Account.objects.filter(pk=account.pk).values().get()
    client.force_login(users[role])
    answer = client.post(address(name, account), FORMS[name])
    assert answer.status_code == (302 if ROLES[role] else 403)
    if not ROLES[role]:
        assert Account.objects.filter(pk=account.pk).values().get() == before
        assert not BookEntry.objects.exists()


class TestOwner:
    def test_the_manager_changes_it(self, client, account, manager):
        new = make_user(display_name="Jon")
        client.force_login(manager)
        answer = client.post(address("owner", account), {"owner": new.pk}, follow=True)
        account.refresh_from_db()
        assert (account.owner, account.owner_since) == (new, date(2026, 11, 24))
        assert "Acme is with Jon from today on." in answer.content.decode()

    def test_the_owner_does_not(self, client, account, kari):
        client.force_login(kari)
        assert client.post(address("owner", account), {"owner": make_user().pk}).status_code == 403

    def test_who_was_deactivated_cannot_be_chosen(self, client, account, manager):
        client.force_login(manager)
        gone = make_user(is_active=False)
        assert client.post(address("owner", account), {"owner": gone.pk}).status_code == 422


class TestTier:
    def test_it_is_chosen_with_a_reason_and_a_day_and_given_back(self, client, account, kari):
        large = make_tier(4)
        client.force_login(kari)
        sent = {"tier": large.pk, "reason": "they lead the buyers' group", "until": "2026-12-31"}
        client.post(address("tier", account), sent)
        account.refresh_from_db()
        assert (account.tier, account.tier_pinned) == (large, True)
        assert account.tier_pinned_until == date(2026, 12, 31)
        page = client.get(reverse("accounts:detail", args=[account.pk])).content.decode()
        assert "they lead the buyers&#x27; group" in page
        assert "until 31" in page
        client.post(address("tier", account), {"tier": ""})
        account.refresh_from_db()
        assert not account.tier_pinned
        assert "the next night decides" in account.tier_reason

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"reason": ""}, "Say why"),
            ({"until": "2026-11-23"}, "That day is over"),
            ({"until": "2040-01-01"}, "within five years"),
            ({"until": "soon"}, "Enter a valid date"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_typed_is_lost(self, client, account, kari, wrong, words):
        client.force_login(kari)
        sent = {"tier": make_tier(4).pk, "reason": "buyers", "until": "", **wrong}
        answer = client.post(address("tier", account), sent)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        account.refresh_from_db()
        assert not account.tier_pinned


class TestNetworkAndTags:
    def test_a_new_value_asks_for_its_reason(self, client, account, kari):
        client.force_login(kari)
        form = client.get(address("edit", account)).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields} | {"network_value": "4"}
        answer = client.post(address("edit", account), sent)
        assert answer.status_code == 422
        assert "whom do they know" in answer.content.decode()
        client.post(address("edit", account), sent | {"network_reason": "chairs the association"})
        account.refresh_from_db()
        assert (account.network_value, account.network_reason) == (4, "chairs the association")
        again = client.post(address("edit", account), {**sent, "version": "", "name": "Acme New"})
        assert again.status_code == 302  # the value is the same: nothing to explain

    def test_tags_are_hung_on_and_taken_off(self, client, account, kari):
        Tag.objects.create(name="Partner")
        client.force_login(kari)
        form = client.get(address("edit", account)).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields}
        client.post(address("edit", account), sent | {"tags": "partner, Trade fair ,partner,"})
        assert {tag.name for tag in account.tags.all()} == {"Partner", "Trade fair"}
        assert "Trade fair" in client.get(reverse("accounts:detail", args=[account.pk])).content.decode()
        client.post(address("edit", account), sent | {"tags": "Trade fair", "version": ""})
        assert [tag.name for tag in account.tags.all()] == ["Trade fair"]
        refused = client.post(address("edit", account), sent | {"tags": "x" * 41, "version": ""})
        assert refused.status_code == 422


def test_half_a_pause_says_what_is_missing_and_keeps_the_rest(client, account, kari):
    client.force_login(kari)
    answer = client.post(address("pause", account), {"paused_from": "2026-12-01", "pause_reason": "Fair"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "This field is required" in html
    assert 'value="Fair"' in html
    assert 'value="2026-12-01"' in html


def test_a_prospect_cannot_become_former(client, kari):
    account = make_account(kari)
    client.force_login(kari)
    answer = client.post(address("former", account), {"former": "1"}, follow=True)
    assert "Only a customer" in answer.content.decode()


def test_the_sheet_gets_a_fragment_and_leaves_for_the_page(client, account, kari):
    client.force_login(kari)
    head = {"HX-Request": "true"}
    fragment = client.get(address("tier", account), headers=head).content.decode()
    assert "<html" not in fragment
    assert 'hx-target="#sheet"' in fragment
    done = client.post(address("tier", account), FORMS["tier"], headers=head)
    assert (done.status_code, done["HX-Redirect"]) == (204, address("detail", account))


def test_who_no_longer_looks_after_it_still_takes_it_out_of_the_own_book(client, account):
    guest = make_user()
    make_book_entry(guest, account)
    client.force_login(guest)
    assert "Take out of my book" in client.get(address("detail", account)).content.decode()
    assert client.post(address("book", account), {"in_book": "0"}).status_code == 302
    assert not BookEntry.objects.exists()
    assert client.post(address("book", account), {"in_book": "1"}).status_code == 403


@pytest.mark.parametrize("name", ["former", "book"])
def test_verbs_without_a_form_take_only_posts(client, account, kari, name):
    client.force_login(kari)
    assert client.get(address(name, account)).status_code == 405
