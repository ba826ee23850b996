"""The verbs of accounts: who may, what they write, what they refuse."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import services
from accounts.models import Account, BookEntry
from core import facts
from tests.factories import make_account, make_book_entry, make_company, make_team, make_tier, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 11, 24)


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def rung(monkeypatch):
    """The account ids for which the bell was rung."""
    heard = []
    monkeypatch.setattr(facts, "_listeners", [lambda accounts, users: heard.extend(accounts)])
    return heard


@pytest.fixture
def people():
    manager = make_user("manager", display_name="Mia")
    team = make_team(manager)
    owner = make_user(team=team, display_name="Kari")
    deputy = make_user(display_name="Dina")
    owner.deputy = deputy
    owner.save()
    return {
        "owner": owner,
        "deputy": deputy,
        "manager": manager,
        "admin": make_user("admin"),
        "colleague": make_user(display_name="Jon"),
        "other manager": make_user("manager"),
        "reader": make_user("reader"),
        "deactivated": make_user(is_active=False),
    }


EDITORS = ("owner", "deputy", "manager", "admin")
OTHERS = ("colleague", "other manager", "reader", "deactivated")


@pytest.mark.parametrize("who", EDITORS)
def test_those_who_look_after_it_edit_it(people, who, rung):
    account = make_account(people["owner"], country="NO")
    services.edit_account(people[who], account, phone="22 12 34 56", city="Oslo")
    account.refresh_from_db()
    assert (account.phone, account.phone_e164, account.city) == ("22 12 34 56", "+4722123456", "Oslo")
    assert account.time_zone == "Europe/Oslo"
    assert rung == [account.pk]


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize(
    "verb",
    [
        lambda user, account: services.edit_account(user, account, city="Oslo"),
        lambda user, account: services.pin_tier(user, account, None),
        lambda user, account: services.pause_account(user, account, TODAY, TODAY, "fair"),
        lambda user, account: services.mark_former(user, account, former=True),
        lambda user, account: services.change_owner(user, account, user),
        services.book_add,
    ],
)
def test_nobody_else_changes_anything(people, who, verb, rung):
    account = make_account(people["owner"], status="customer")
    before = Account.objects.filter(pk=account.pk).values().get()
    with pytest.raises(PermissionDenied):
        verb(people[who], account)
    assert Account.objects.filter(pk=account.pk).values().get() == before
    assert not BookEntry.objects.exists()
    assert rung == []


def test_fields_with_verbs_of_their_own_are_not_edited_by_the_back_door(people):
    account = make_account(people["owner"])
    with pytest.raises(ValueError, match="owner"):
        services.edit_account(people["owner"], account, owner=people["colleague"])


def test_a_wrong_value_names_its_field(people):
    account = make_account(people["owner"])
    bad = {"email": "no mail", "network_value": 7, "time_zone": "Mars/Base", "currency": "QQQ"}
    with pytest.raises(ValidationError) as wrong:
        services.edit_account(people["owner"], account, **bad)
    assert set(wrong.value.message_dict) == set(bad)


def test_two_accounts_cannot_carry_one_number(people):
    make_account(external_id="K1")
    with pytest.raises(ValidationError) as wrong:
        services.create_account(people["owner"], owner=people["owner"], name="Twin", external_id="K1")
    assert "external_id" in wrong.value.message_dict


def test_without_a_number_many_accounts_live_side_by_side(people):
    for name in ("One", "Two"):
        services.create_account(people["owner"], owner=people["owner"], name=name, external_id="")
    assert Account.objects.filter(external_id=None).count() == 2


class TestCreate:
    def test_a_new_account_starts_as_a_prospect_in_the_lowest_tier(self, people, rung):
        make_tier(2)
        lowest = make_tier(1)
        account = services.create_account(people["owner"], owner=people["owner"], name="Fjord Kraft")
        account.refresh_from_db()
        assert (account.status, account.tier, account.owner_since) == ("prospect", lowest, TODAY)
        assert account.facts_from == TODAY
        assert rung == [account.pk]

    def test_a_reader_adds_none(self, people):
        with pytest.raises(PermissionDenied):
            services.create_account(people["reader"], owner=None, name="X")
        assert not Account.objects.exists()

    def test_nobody_adds_accounts_for_others(self, people):
        with pytest.raises(PermissionDenied):
            services.create_account(people["colleague"], owner=people["owner"], name="X")

    @pytest.mark.parametrize("who", ["reader", "deactivated", "admin"])
    def test_who_cannot_own_is_given_none(self, people, who):
        with pytest.raises(ValidationError) as wrong:
            services.create_account(people["admin"], owner=people[who], name="X")
        assert list(wrong.value.message_dict) == ["owner"]
        assert not Account.objects.exists()


class TestChangeOwner:
    def test_the_manager_hands_an_account_over(self, people, rung):
        account = make_account(people["owner"], owner_since=date(2020, 1, 1))
        make_book_entry(people["owner"], account)
        services.change_owner(people["manager"], account, people["colleague"])
        account.refresh_from_db()
        assert (account.owner, account.owner_since) == (people["colleague"], TODAY)
        assert not BookEntry.objects.exists()
        assert rung == [account.pk]

    def test_the_owner_alone_does_not(self, people):
        with pytest.raises(PermissionDenied):
            services.change_owner(people["owner"], make_account(people["owner"]), people["colleague"])

    def test_the_same_owner_changes_nothing(self, people, rung):
        account = make_account(people["owner"], owner_since=date(2020, 1, 1))
        services.change_owner(people["manager"], account, people["owner"])
        account.refresh_from_db()
        assert account.owner_since == date(2020, 1, 1)
        assert rung == []

    @pytest.mark.parametrize("who", ["reader", "deactivated"])
    def test_who_cannot_own_is_refused_by_name(self, people, who):
        with pytest.raises(ValidationError) as wrong:
            services.change_owner(people["manager"], make_account(people["owner"]), people[who])
        assert people[who].display_name in wrong.value.message_dict["owner"][0]


class TestTier:
    def test_a_person_chooses_against_the_rules(self, people):
        small, large = make_tier(1), make_tier(3)
        account = make_account(people["owner"], tier=small)
        services.pin_tier(people["owner"], account, large, reason="a partner")
        account.refresh_from_db()
        assert (account.tier, account.tier_before, account.tier_since) == (large, small, TODAY)
        assert account.tier_pinned
        assert "Kari" in account.tier_reason

    def test_and_gives_it_back(self, people):
        account = make_account(people["owner"], tier=make_tier(1), tier_pinned=True)
        services.pin_tier(people["owner"], account, None)
        account.refresh_from_db()
        assert not account.tier_pinned


class TestPause:
    def test_a_pause_has_two_days_and_a_reason(self, people):
        account = make_account(people["owner"])
        services.pause_account(people["owner"], account, TODAY, date(2026, 12, 31), "rebuilding")
        account.refresh_from_db()
        assert (account.paused_from, account.pause_reason) == (TODAY, "rebuilding")
        services.pause_account(people["owner"], account, None, None)
        account.refresh_from_db()
        assert (account.paused_from, account.paused_until, account.pause_reason) == (None, None, "")

    @pytest.mark.parametrize(
        ("first", "last", "reason", "field"),
        [
            (TODAY, None, "x", "paused_until"),
            (None, TODAY, "x", "paused_from"),
            (TODAY, date(2026, 11, 1), "x", "paused_until"),
            (TODAY, TODAY, " ", "pause_reason"),
        ],
    )
    def test_a_half_pause_is_refused(self, people, first, last, reason, field):
        with pytest.raises(ValidationError) as wrong:
            services.pause_account(people["owner"], make_account(people["owner"]), first, last, reason)
        assert list(wrong.value.message_dict) == [field]


class TestFormer:
    def test_a_customer_leaves_and_returns(self, people):
        account = make_account(people["owner"], status="customer")
        services.mark_former(people["owner"], account, former=True)
        account.refresh_from_db()
        assert (account.status, account.former_since) == ("former", TODAY)
        services.mark_former(people["owner"], account, former=False)
        account.refresh_from_db()
        assert (account.status, account.former_since) == ("customer", None)

    def test_who_lost_all_purchases_meanwhile_returns_as_a_prospect(self, people):
        account = make_account(people["owner"], status="former", became_customer_on=None)
        services.mark_former(people["owner"], account, former=False)
        account.refresh_from_db()
        assert (account.status, account.former_since) == ("prospect", None)

    def test_a_prospect_never_was_one(self, people):
        with pytest.raises(ValidationError):
            services.mark_former(people["owner"], make_account(people["owner"]), former=True)


class TestBook:
    def test_holds_what_one_looks_after(self, people):
        account = make_account(people["owner"])
        services.book_add(people["owner"], account)
        services.book_add(people["owner"], account)
        assert [entry.account for entry in people["owner"].book.all()] == [account]
        services.book_remove(people["owner"], account)
        assert not people["owner"].book.exists()

    def test_is_full_at_its_size(self, people):
        make_company(book_size=1)
        make_book_entry(people["owner"], make_account(people["owner"]))
        with pytest.raises(ValidationError, match="1 account"):
            services.book_add(people["owner"], make_account(people["owner"]))
