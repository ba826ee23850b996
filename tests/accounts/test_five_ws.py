"""The five W's of an account (R8): what is open, who answers, what the page says of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts import five_ws
from accounts.models import Account, FiveWAnswer, W
from contacts.services import edit_contact
from sales.five_ws import five_ws_open, with_open_ws
from sales.worth import count_worth
from tests.factories import (
    make_account,
    make_company,
    make_contact,
    make_purchase,
    make_team,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 11, 24)
FOUR = ["who", "what", "where", "when"]


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def kari():
    manager = make_user("manager")
    return make_user(
        display_name="Kari Holm", team=make_team(manager), deputy=make_user(display_name="Jon Berg")
    )


@pytest.fixture
def account(kari):
    return make_account(
        kari, name="Acme", city="Oslo", country="NO", status="customer", facts_from=date(2020, 1, 1)
    )


@pytest.fixture
def eva(account):
    """Who decides there; they bought long ago, so that the records tell of all but why."""
    make_purchase(account, date(2020, 5, 1), "9")
    return make_contact(account, first_name="Eva", last_name="Lind", decision_roles=["decides"])


def leaves(kari, eva, moment="2026-11-24 10:00:00+00:00"):
    with time_machine.travel(moment, tick=False):
        edit_contact(kari, eva, left_on=date(2026, 11, 20))


@pytest.fixture
def look(client, kari, account):
    def get():
        client.force_login(kari)
        html = client.get(reverse("accounts:detail", args=[account.pk])).content.decode()
        return html[html.index('id="ws-title"') : html.index('id="people-title"')].replace("\xa0", " ")

    return get


def quiet(account):
    return "why" in five_ws_open(account, TODAY)


class TestOpen:
    @pytest.mark.usefixtures("eva")
    def test_all_are_open_at_first_and_none_when_answered(self, kari, account):
        assert five_ws_open(account, TODAY) == [*FOUR, "why"]
        five_ws.confirm_open(kari, account)
        assert five_ws_open(account, TODAY) == ["why"]
        five_ws.answer(kari, account, "why", reason="budget", words="Nothing before spring")
        assert five_ws_open(account, TODAY) == []
        assert list(with_open_ws(Account.objects.all(), TODAY).filter(open_ws__len=0)) == [account]

    def test_a_purchase_within_the_months_closes_why(self, account):
        make_purchase(account, date(2026, 5, 24), "1")
        assert quiet(account)  # exactly six months ago is no longer within them
        make_purchase(account, date(2026, 5, 25), "1")
        assert not quiet(account)

    def test_what_was_given_back_or_voided_was_not_bought(self, account):
        make_purchase(account, date(2026, 10, 1), "500")
        make_purchase(account, date(2026, 10, 9), "-500")
        make_purchase(account, date(2026, 10, 9), "70", voided_at="2026-10-10T00:00Z", void_reason="mistake")
        assert quiet(account)

    def test_months_and_amount_are_the_companys(self, account):
        make_purchase(account, date(2026, 3, 1), "500")
        assert quiet(account)
        make_company(quiet_months=12)
        assert not quiet(account)
        make_company(quiet_amount=Decimal(500))
        assert quiet(account)
        make_purchase(account, date(2026, 4, 1), "1")
        assert not quiet(account)

    def test_nobody_is_asked_about_a_time_before_we_knew_them(self, kari):
        fresh = make_account(kari, facts_from=TODAY - timedelta(days=30))
        assert not quiet(fresh)
        make_purchase(fresh, date(2025, 1, 1), "9")  # imported with its history
        assert quiet(fresh)
        assert not quiet(make_account(kari))  # made today, nothing else known

    def test_an_answer_holds_until_they_buy_and_fall_silent_again(self, kari, account):
        with time_machine.travel("2026-01-10 09:00:00+00:00", tick=False):
            five_ws.answer(kari, account, "why", reason="rarely", words="Buys in March")
        assert not quiet(account)
        make_purchase(account, date(2026, 3, 1), "500")
        assert quiet(account)

    def test_who_is_open_again_when_somebody_who_decided_has_left(self, kari, account, eva):
        per = make_contact(account, last_name="Moe", decision_roles=["uses"])
        five_ws.answer(kari, account, "who", words="Eva decides alone")
        leaves(kari, per)
        assert W.WHO not in five_ws_open(account, TODAY)
        leaves(kari, eva)
        assert W.WHO in five_ws_open(account, TODAY)
        with time_machine.travel("2026-11-24 11:00:00+00:00", tick=False):
            seen = FiveWAnswer.objects.get(w="who").updated_at
            five_ws.answer(kari, account, "who", words="Nobody does now", seen=seen)
        assert W.WHO not in five_ws_open(account, TODAY)

    def test_who_came_back_was_there_all_along(self, kari, account, eva):
        five_ws.confirm_open(kari, account)
        leaves(kari, eva)
        edit_contact(kari, eva, left_on=None)
        assert W.WHO not in five_ws_open(account, TODAY)

    def test_many_accounts_are_asked_in_one_statement(self, kari, account, django_assert_num_queries):
        others = [make_account(kari) for _ in range(20)]
        make_contact(others[0], decision_roles=["decides"])
        make_purchase(others[0], TODAY, "9")
        five_ws.answer(kari, others[0], "where", words="Oslo")
        five_ws.confirm_open(kari, others[0])
        with django_assert_num_queries(1):
            found = {row.pk: row.open_ws for row in with_open_ws(Account.objects.all(), TODAY)}
        assert found[account.pk] == [*FOUR, "why"]
        assert found[others[0].pk] == []
        assert found[others[1].pk] == FOUR


class TestAnswer:
    def test_says_who_said_it_and_when(self, kari, account):
        row = five_ws.answer(kari, account, "where", words=" Gate 4, ring twice ")
        assert (row.words, row.said_by, row.said_on) == ("Gate 4, ring twice", kari, TODAY)

    def test_why_wants_a_reason_and_words(self, kari, account):
        with pytest.raises(ValidationError) as caught:
            five_ws.answer(kari, account, "why")
        assert set(caught.value.message_dict) == {"reason", "words"}
        with pytest.raises(ValidationError):
            five_ws.answer(kari, account, "where", words="x" * 1001)
        assert not FiveWAnswer.objects.exists()

    def test_earlier_answers_are_kept(self, kari, account):
        first = five_ws.answer(kari, account, "who", words="Eva decides")
        five_ws.answer(kari, account, "who", words="Per decides", seen=first.updated_at)
        event = apps.get_model("accounts", "FiveWAnswerEvent").objects.get()
        assert event.words == "Eva decides"

    def test_is_for_those_who_look_after_the_account(self, kari, account):
        for user in (make_user(), make_user("reader")):
            with pytest.raises(PermissionDenied):
                five_ws.answer(user, account, "where", words="Oslo")
            with pytest.raises(PermissionDenied):
                five_ws.confirm_open(user, account)
        for user in (kari.deputy, kari.team.manager, make_user("admin")):
            stored = FiveWAnswer.objects.filter(w="where").first()
            five_ws.answer(user, account, "where", words="Oslo", seen=stored.updated_at if stored else None)

    def test_what_no_record_tells_is_not_confirmed(self, kari):
        empty = make_account(kari)
        assert five_ws.confirm_open(kari, empty) == 1
        assert FiveWAnswer.objects.get().w == "when"
        for w in ("who", "what", "where"):
            with pytest.raises(ValidationError) as caught:
                five_ws.answer(kari, empty, w)
            assert set(caught.value.message_dict) == {"words"}
            five_ws.answer(kari, empty, w, words="We are finding out")

    def test_confirming_takes_no_words_that_may_be_wrong_by_now(self, kari, account, eva):
        five_ws.answer(kari, account, "who", words="Eva decides alone")
        make_contact(account, last_name="Moe", decision_roles=["decides"])
        leaves(kari, eva)
        five_ws.confirm_open(kari, account)
        assert W.WHO in five_ws_open(account, TODAY)

    def test_a_mere_confirmation_is_given_again_in_one_press(self, kari, account, eva):
        five_ws.confirm_open(kari, account)
        make_contact(account, last_name="Moe", decision_roles=["decides"])
        leaves(kari, eva)
        with time_machine.travel("2026-11-25 10:00:00+00:00", tick=False):
            assert five_ws.confirm_open(kari, account) == 1
        assert FiveWAnswer.objects.get(w="who").said_on == date(2026, 11, 25)

    @pytest.mark.usefixtures("eva")
    def test_confirming_all_leaves_what_was_said(self, kari, account):
        five_ws.answer(kari, account, "where", words="Gate 4")
        assert five_ws.confirm_open(kari, account) == 3
        assert five_ws.confirm_open(kari, account) == 0
        assert FiveWAnswer.objects.get(w="where").words == "Gate 4"


class TestForms:
    def test_the_second_answer_is_told_of_the_first_and_nothing_is_lost(self, client, kari, account):
        client.force_login(kari)
        where = reverse("accounts:answer_w", args=[account.pk, "where"])
        client.get(where)
        five_ws.answer(kari.deputy, account, "where", words="Gate 4")
        sent = {"words": "Gate 5", "seen": ""}
        refused = client.post(where, sent)
        assert refused.status_code == 422
        html = refused.content.decode()
        assert "Jon Berg answered this meanwhile: Gate 4" in html
        assert "Gate 5" in html
        assert FiveWAnswer.objects.get().words == "Gate 4"
        seen = refused.context["form"]["seen"].value()
        assert client.post(where, sent | {"seen": seen}).status_code == 302
        assert FiveWAnswer.objects.get().words == "Gate 5"

    def test_a_missing_reason_is_said_beside_its_field(self, client, kari, account):
        client.force_login(kari)
        where = reverse("accounts:answer_w", args=[account.pk, "why"])
        refused = client.post(where, {"words": "They wait", "reason": ""})
        assert refused.status_code == 422
        assert refused.context["form"].errors.keys() == {"reason"}
        assert "They wait" in refused.content.decode()

    def test_there_are_five_of_them(self, client, kari, account):
        client.force_login(kari)
        assert client.get(reverse("accounts:answer_w", args=[account.pk, "how"])).status_code == 404

    def test_the_company_decides_what_is_quiet(self, client):
        client.force_login(make_user("admin"))
        where = reverse("users:company")
        assert (
            client.post(where, {"book_size": "20", "quiet_months": "9", "quiet_amount": "250"}).status_code
            == 302
        )
        assert make_company().quiet_months == 9
        refused = client.post(where, {"book_size": "0", "quiet_months": "0", "quiet_amount": "-1"})
        assert refused.status_code == 422
        assert refused.context["form"].errors.keys() == {"book_size", "quiet_months", "quiet_amount"}
        assert make_company().quiet_months == 9


class TestPage:
    def test_tells_what_the_records_know(self, look, kari, account):
        eva = make_contact(
            account,
            first_name="Eva",
            last_name="Lind",
            job_title="Head of purchasing",
            decision_roles=["decides"],
        )
        for day in (date(2025, 1, 15), date(2025, 3, 1), date(2025, 4, 10)):
            make_purchase(account, day, "100")
        html = look()
        for words in (
            "Kari Holm", "deputy Jon Berg", "Head of purchasing", reverse("contacts:detail", args=[eva.pk]),
            "Oslo, Norway", "10:00 there now", "With us since", "Buys about every 6 weeks", "5 open",
            "The last purchase was on 10 Apr 2025", "Bought nothing in 12 months",
        ):  # fmt: skip
            assert words in html, words

    def test_share_and_rank_are_as_the_night_counted_them(self, look, kari, account):
        make_purchase(account, date(2026, 10, 1), "250")
        make_purchase(make_account(kari), date(2026, 10, 1), "50")
        make_purchase(make_account(make_user()), date(2026, 10, 1), "700")
        make_purchase(make_account(kari), date(2025, 10, 1), "9000")
        assert count_worth(TODAY) == 3
        html = look()
        for words in ("25 % of the company", "rank 2 of 3", "83 % of Kari", "rank 1 of 2", "250 EUR"):
            assert words in html.replace("&#x27;", "'"), words

    def test_no_share_of_the_owner_before(self, look, kari, account):
        make_purchase(account, date(2026, 10, 1), "250")
        account.owner = other = make_user()
        account.save()
        count_worth(TODAY)
        account.owner = kari
        account.save()
        html = look()
        assert "100 % of the company" in html
        assert other.get_short_name() not in html
        assert "of Kari" not in html

    def test_an_answer_that_a_departure_has_outdated_says_so(self, look, kari, account, eva):
        five_ws.answer(kari, account, "who", words="Eva decides alone")
        assert "has left since then" not in look()
        leaves(kari, eva)
        assert "has left since then" in look()

    def test_what_is_not_on_record_is_answered_not_confirmed(self, look, account):
        assert look().count(">confirm<") == 2  # where and when
        make_contact(account, decision_roles=["decides"])
        assert look().count(">confirm<") == 3

    def test_an_old_answer_says_that_it_is_old(self, look, kari, account):
        with time_machine.travel("2025-11-20 09:00:00+00:00", tick=False):
            five_ws.answer(kari, account, "who", words="Eva decides alone")
        five_ws.answer(kari, account, "where")
        html = look()
        assert "Eva decides alone" in html
        assert html.count("more than a year old") == 1
        assert "is right" in html
        assert "says Kari Holm" in html

    def test_why_is_left_out_while_they_buy(self, look, account):
        make_purchase(account, TODAY, "9")
        assert "w-why" not in look()

    def test_who_may_not_answer_reads(self, client, look, account):
        look()
        client.force_login(make_user("reader"))
        html = client.get(reverse("accounts:detail", args=[account.pk])).content.decode()
        assert 'id="ws-title"' in html
        assert reverse("accounts:answer_w", args=[account.pk, "who"]) not in html
        assert reverse("accounts:confirm_ws", args=[account.pk]) not in html
