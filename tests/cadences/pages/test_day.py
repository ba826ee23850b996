"""My day: what stands on it, in what order, at what cost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests import factories as make

TODAY = date(2026, 11, 24)
DAY = reverse("cadences:day")


def owed(user, due_on=TODAY, name="Acme Machining", **fields):
    account = make.make_account(user, name=name)
    make.make_contact(account, last_name="Lind", job_title="head of purchasing", phone="+47 22 33 44 55",
                      phone_e164="+4722334455", is_main=True)  # fmt: skip
    return make.make_touchpoint(
        account, user, due_on, make.make_slot("call", name="Relationship call"), **fields
    )


@pytest.fixture
def see(client, people):
    client.force_login(people.owner)
    return lambda path=DAY, **data: client.get(path, data).content.decode()


def test_an_empty_day_says_what_belongs_here_and_offers_a_todo(see):
    html = see()
    assert "Nothing is owed today." in html
    assert reverse("cadences:todo") in html


def test_the_admin_of_an_empty_installation_is_led_to_the_import(client, db):
    client.force_login(make.make_user("admin"))
    assert "Import your files" in client.get(DAY).content.decode()
    make.make_account()
    html = client.get(DAY).content.decode()
    assert "Import your files" not in html
    assert "Nothing is owed today." in html


def test_a_line_says_whom_to_call_and_why(people, see):
    touchpoint = owed(people.owner)
    account = touchpoint.account
    make.make_interaction(account, people.owner, happened_on=date(2026, 10, 23), sentiment=4)
    make.make_concern(account)
    html = see()
    for said in (
        "Acme Machining",
        "Eva Lind",
        "head of purchasing",
        'href="tel:+4722334455"',
        "Relationship call",
        "after the last contact",
        "by you",
        "mood 4",
        "concern open since",
        "Tuesday 24 November",
        "1 left",
        "15 min planned",
    ):
        assert said in html, said


def test_late_today_and_next_follow_the_tolerance(people, see):
    owed(people.owner, TODAY - timedelta(days=3), "Late Ltd", tolerance_days=2)
    owed(people.owner, TODAY - timedelta(days=2), "Tolerant Ltd", tolerance_days=2)
    owed(people.owner, TODAY + timedelta(days=7), "Next Ltd")
    owed(people.owner, TODAY + timedelta(days=8), "Later Ltd")
    html = see()
    late, today = html.split('id="today-title"')
    assert "Late Ltd" in late
    assert "1 day late" in late
    assert "Tolerant Ltd" in today
    assert "Next Ltd" not in html
    following = see(reverse("cadences:next"))
    assert "Next Ltd" in following
    assert "Later Ltd" not in following


def test_an_agreed_time_stands_first_and_in_the_users_zone(people, see):
    owed(people.owner, TODAY, "Aaa first by name")
    owed(
        people.owner, TODAY, "Zzz at two", due_at=make.at("2026-11-24 13:00"), anchor="agreed", basis="agreed"
    )
    html = see()
    assert html.index("Zzz at two") < html.index("Aaa first by name")
    assert "14:00" in html


def test_surveys_and_what_others_owe_do_not_show(people, see):
    account = make.make_account(people.owner, name="Survey Ltd")
    make.make_touchpoint(account, people.owner, TODAY, kind="survey")
    owed(people.deputy, name="Deputy Ltd")
    html = see()
    assert "Survey Ltd" not in html
    assert "Deputy Ltd" not in html


def test_the_book_is_a_filter(people, see):
    in_book, not_in_book = owed(people.owner, name="In book"), owed(people.owner, name="Not in book")
    make.make_book_entry(people.owner, in_book.account)
    assert "Not in book" in see()
    html = see(book="1")
    assert "In book" in html
    assert "Not in book" not in html
    assert not_in_book.state == "open"


def test_managers_see_what_nobody_is_there_to_do(client, people):
    account = make.make_account(None, name="Orphan Ltd")
    make.make_touchpoint(account, None, TODAY)
    client.force_login(people.manager)
    assert "Unassigned" in client.get(DAY).content.decode()
    assert "Orphan Ltd" in client.get(reverse("cadences:unassigned")).content.decode()
    client.force_login(people.owner)
    assert "Orphan Ltd" not in client.get(reverse("cadences:unassigned")).content.decode()


def test_two_and_twenty_lines_cost_the_same_few_queries(people, see, django_assert_max_num_queries):
    def fill(n):
        for k in range(n):
            touchpoint = owed(people.owner, TODAY - timedelta(days=k % 4))
            make.make_interaction(touchpoint.account, people.owner, sentiment=3)
            make.make_concern(touchpoint.account)

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    fill(2)
    see()
    with CaptureQueriesContext(
        connection,
    ) as few:
        see()
    fill(18)
    with CaptureQueriesContext(connection) as many:
        see()
    assert len(few) == len(many) <= 8, [q["sql"][:120] for q in many]


def test_the_chosen_line_is_marked(people, see):
    owed(people.owner, name="First")
    second = owed(people.owner, name="Second")
    html = see(at=str(second.pk))
    assert f'data-id="{second.pk}" aria-current="true"' in html
    assert html.count("data-line data-id") == 2
