"""Promises: kept, late, broken, moved; how the rate counts; their pages and their rows on My day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils.html import escape

from contacts import services
from contacts.kept import KeptRate
from contacts.models import Commitment
from contacts.services import CommitmentDraft
from tests import factories as make

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel("2026-11-24 08:00:00+00:00", tick=False):
        yield


@pytest.fixture
def kari(db):
    return make.make_user(display_name="Kari Holm", team=make.make_team())


@pytest.fixture
def account(kari):
    return make.make_account(kari, name="Acme")


def text(answer):
    return answer.content.decode()


def rate(**fields):
    return KeptRate.of(Commitment.objects.filter(**fields).rates(TODAY)[0])


# -- The verbs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("due", "state"), [(0, "kept"), (3, "kept"), (-1, "late")])
def test_kept_by_its_day_or_late(kari, account, due, state):
    promise = make.make_promise(account, kari, TODAY + due * DAY)
    assert services.close_commitment(kari, promise, kept=True).state == state


def test_a_new_date_told_in_time_counts_like_the_first(kari, account):
    promise = make.make_promise(account, kari, TODAY)
    services.move_commitment(kari, promise, TODAY + 3 * DAY, "They are away until Friday")
    with time_machine.travel("2026-11-27 08:00:00+00:00", tick=False):
        done = services.close_commitment(kari, promise, kept=True)
    assert (done.state, done.missed_on) == ("kept", None)
    assert done.moved_reason == "They are away until Friday"


def test_a_new_date_set_too_late_does_not_make_it_kept(kari, account):
    promise = make.make_promise(account, kari, TODAY - DAY)
    moved = services.move_commitment(kari, promise, TODAY + 3 * DAY, "Forgotten")
    assert moved.missed_on == TODAY - DAY
    again = services.move_commitment(kari, promise, TODAY + 9 * DAY, "And again, in time now")
    assert again.missed_on == TODAY - DAY
    assert services.close_commitment(kari, promise, kept=True).state == "late"


@pytest.mark.parametrize(
    ("due", "reason", "field"), [(-1, "Ill", "due_on"), (5, "Ill", "due_on"), (9, " ", "reason")]
)
def test_a_senseless_move_names_its_field(kari, account, due, reason, field):
    promise = make.make_promise(account, kari, TODAY + 5 * DAY)
    with pytest.raises(ValidationError) as refused:
        services.move_commitment(kari, promise, TODAY + due * DAY, reason)
    assert field in refused.value.message_dict


def test_what_is_closed_is_not_moved_but_can_be_opened_again(kari, account):
    promise = make.make_promise(account, kari, TODAY, state="broken")
    with pytest.raises(ValidationError, match="was closed"):
        services.move_commitment(kari, promise, TODAY + DAY, "Wait")
    assert services.reopen_commitment(kari, promise).state == "open"


def test_strangers_and_deactivated_users_change_nothing(kari, account):
    promise = make.make_promise(account, kari, TODAY)
    for user in (make.make_user(), make.make_user(is_active=False)):
        for verb in (
            lambda u: services.move_commitment(u, promise, TODAY + DAY, "x"),
            lambda u: services.reopen_commitment(u, promise),
            lambda u: services.close_commitment(u, promise, kept=True),
        ):
            with pytest.raises(PermissionDenied):
                verb(user)
    promise.refresh_from_db()
    assert (promise.state, promise.due_on) == ("open", TODAY)


def test_the_channel_is_one_that_exists(kari, account):
    with pytest.raises(ValidationError) as refused:
        services.make_commitment(kari, account, CommitmentDraft("A quote", TODAY, channel="pigeon"))
    assert "channel" in refused.value.message_dict


# -- The rate ------------------------------------------------------------------------------------------


def test_the_rate_counts_ours_of_12_months_and_what_is_overdue(kari, account):
    for state, count in (("kept", 3), ("late", 1), ("broken", 1)):
        for _ in range(count):
            make.make_promise(account, kari, TODAY - 9 * DAY, state=state)
    make.make_promise(account, kari, TODAY - DAY)  # overdue
    make.make_promise(account, kari, TODAY)  # due today: not judged yet
    make.make_promise(account, kari, TODAY - 366 * DAY, state="broken")  # too old
    make.make_promise(account, kari, TODAY - 9 * DAY, state="broken", by_us=False)  # theirs
    found = rate(account=account)
    assert found == KeptRate(kept=3, late=1, broken=1, overdue=1)
    assert (found.total, found.percent, found.tone) == (6, 50, "late")
    assert found.words == "kept 3 of 6, 1 late, 1 broken, 1 overdue"


def test_nothing_due_yet_is_said_in_words_and_no_number(kari, account):
    assert rate(account=account).percent is None
    assert "no promise has come due" in rate(account=account).words


def test_each_user_has_a_rate_of_their_own(kari, account):
    ola = make.make_user()
    make.make_promise(account, kari, TODAY - DAY, state="kept")
    make.make_promise(account, ola, TODAY - DAY, state="broken")
    rows = {row["user"]: KeptRate.of(row) for row in Commitment.objects.rates(TODAY, by="user")}
    assert rows == {kari.pk: KeptRate(kept=1), ola.pk: KeptRate(broken=1)}


# -- Pages -----------------------------------------------------------------------------------------------


def test_my_day_has_a_row_for_what_is_due_and_none_for_what_is_not(client, kari, account):
    make.make_promise(account, kari, TODAY - DAY, what="Quote for seals", channel="text")
    make.make_promise(account, kari, TODAY, what="Their drawing", by_us=False)
    make.make_promise(account, kari, TODAY + DAY, what="Tomorrow's report")
    make.make_promise(account, make.make_user(), TODAY, what="Ola's word")
    client.force_login(kari)
    html = text(client.get(reverse("cadences:day")))
    assert "We: Quote for seals" in html
    assert "by text message" in html
    assert "They: Their drawing" in html
    assert "Tomorrow&#x27;s report" not in html
    assert escape("Ola's word") not in html


def test_nobodys_word_is_lost_when_they_are_away_or_gone(kari, account):
    mads = make.make_user(deputy=None)
    make.make_absence(mads, TODAY, TODAY, deputy=kari)
    gone = make.make_user(is_active=False)
    his = make.make_promise(make.make_account(mads), mads, TODAY)
    make.make_promise(
        make.make_account(make.make_user()), mads, TODAY
    )  # another's account: not Kari's to close
    left = make.make_promise(account, gone, TODAY)
    make.make_promise(make.make_account(make.make_user()), gone, TODAY)
    assert list(Commitment.objects.for_my_day(kari, TODAY)) == [his, left]
    assert Commitment.objects.editable_by(kari).filter(pk__in=[his.pk, left.pk]).count() == 2


def test_a_row_of_my_day_is_closed_where_it_stands(client, kari, account):
    promise = make.make_promise(account, kari, TODAY)
    client.force_login(kari)
    where = reverse("contacts:commitment_close", args=[promise.pk])
    answer = client.post(where, {"kept": "1", "stay": "day"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "promises:changed" in answer["HX-Trigger"]
    assert reverse("contacts:commitment_reopen", args=[promise.pk]) in answer["HX-Trigger"]
    assert "A quote" not in text(client.get(reverse("cadences:day_promises")))
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_without_script_it_leads_back_to_my_day(client, kari, account):
    promise = make.make_promise(account, kari, TODAY)
    client.force_login(kari)
    answer = client.post(
        reverse("contacts:commitment_close", args=[promise.pk]), {"kept": "0", "stay": "day"}
    )
    assert answer["Location"] == reverse("home")


def test_a_new_date_is_set_by_a_form_that_says_what_it_means(client, kari, account):
    promise = make.make_promise(account, kari, TODAY - DAY)
    where = reverse("contacts:commitment_move", args=[promise.pk])
    client.force_login(kari)
    assert "it still counts as late" in text(client.get(where))
    answer = client.post(where, {"due_on": "2026-12-01", "reason": ""})
    assert answer.status_code == 422
    assert 'value="2026-12-01"' in text(answer)
    client.post(where, {"due_on": "2026-12-01", "reason": "Factory closed"})
    promise.refresh_from_db()
    assert (promise.due_on, promise.missed_on) == (date(2026, 12, 1), TODAY - DAY)


def test_the_page_of_an_account_shows_closed_ones_too(client, kari, account):
    make.make_promise(account, kari, TODAY - 9 * DAY, what="Old report", state="kept")
    make.make_promise(account, kari, TODAY + DAY, what="New report", contact=make.make_contact(account))
    client.force_login(make.make_user("reader"))
    html = text(client.get(reverse("contacts:account_promises", args=[account.pk])))
    assert html.index("New report") < html.index("Old report")
    assert "kept 1 of 1" in html
    assert 'name="kept"' not in html
    client.force_login(kari)
    assert 'name="kept"' in text(client.get(reverse("contacts:account_promises", args=[account.pk])))


def test_a_promise_is_added_outside_a_log(client, account):
    reader = make.make_user("reader")
    client.force_login(reader)
    where = reverse("contacts:promise_add", args=[account.pk])
    typed = {"what": "Fitter comes", "by_us": "1", "due_on": "2026-11-27", "channel": "call", "contact": ""}
    assert client.post(where, typed | {"due_on": "2026-11-01"}).status_code == 422
    assert client.post(where, typed).status_code == 302
    made = Commitment.objects.get()
    assert (made.user, made.by_us, made.channel) == (reader, True, "call")


@pytest.mark.parametrize(("whose", "seen"), [("me", "A"), ("team", "AB"), ("all", "ABC"), ("x", "A")])
def test_the_list_shows_mine_my_teams_or_everybodys(client, kari, account, whose, seen):
    mate, other = make.make_user(team=kari.team), make.make_user(team=make.make_team())
    for name, user in zip("ABC", (kari, mate, other), strict=True):
        make.make_promise(account, user, TODAY, what=f"Promise {name}!")
    client.force_login(kari)
    html = text(client.get(reverse("contacts:promises"), {"whose": whose}))
    assert [name for name in "ABC" if f"Promise {name}!" in html] == list(seen)


@pytest.mark.parametrize("page", ["promises", "account_promises"])
def test_two_and_twenty_cost_the_same(client, kari, account, django_assert_max_num_queries, page):
    client.force_login(kari)
    at = reverse(f"contacts:{page}", args=[account.pk] if page == "account_promises" else [])
    counts = []
    for number in (2, 18):
        for _ in range(number):
            make.make_promise(account, kari, TODAY, contact=make.make_contact(account))
        with django_assert_max_num_queries(9) as seen:
            assert text(client.get(at)).count('name="kept" value="1"') >= number
        counts.append(len(seen))
    assert counts[0] == counts[1]


MANY = """
    INSERT INTO contacts_commitment (account_id, user_id, by_us, what, channel, due_on, moved_reason, state,
        closed_on, created_at, updated_at)
    SELECT %s, CASE WHEN n %% 100 = 0 THEN %s ELSE %s END, true, 'Quote', '', day, '',
        CASE WHEN n %% 9 = 0 THEN 'broken' ELSE 'kept' END, day, now(), now()
    FROM (SELECT n, date '2020-01-01' + n %% 2000 AS day FROM generate_series(1, 50000) n) made
"""


@pytest.mark.django_db
def test_50_000_kept_and_broken_ones_come_in_order_out_of_an_index():
    other, kari = make.make_user(), make.make_user()
    account = make.make_account(other)
    with connection.cursor() as cursor:
        cursor.execute(MANY, [account.pk, kari.pk, other.pk])
        cursor.execute("ANALYZE contacts_commitment")
    for whose, index in (("all", "commitment_closed"), ("me", "commitment_closed_of_user")):
        rows = Commitment.objects.of_person(whose, kari).in_state("closed", TODAY).for_list("closed")[:51]
        plan = rows.explain()
        assert f"using {index} on" in plan, plan
        assert "Sort" not in plan, plan
        days = [row.closed_on for row in rows]
        assert days == sorted(days, reverse=True)
