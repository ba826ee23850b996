"""The team's day and the evenness of a month."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences.day import minutes_of, my_day
from cadences.ledger_pages.evenness import spread, weeks_of
from cadences.ledger_pages.team import team_day
from tests import factories as make
from tests.cadences.ledger.conftest import DAY, TODAY

TEAM = reverse("ledger:team")
EVENNESS = reverse("ledger:evenness")


def owed(user, due_on=TODAY, **fields):
    return make.make_touchpoint(make.make_account(user), user, due_on, **fields)


def line_of(html: str, name: str) -> str:
    """The text of a person's line."""
    found = next(row for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL) if name in row)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


@pytest.mark.parametrize("kind", ["call", "meeting", "todo", "email", "survey"])
@pytest.mark.parametrize("with_item", [True, False])
def test_a_members_figures_are_those_of_their_my_day(people, kind, with_item):
    item = make.make_item(minutes=25) if with_item else None
    for days in (-9, -4, -3, 0, 1, 7, 8):
        owed(people.owner, TODAY + DAY * days, kind=kind, tolerance_days=3, item=item)
    (found,) = [one for one in team_day(people.manager, TODAY).members if one.person == people.owner]
    day = my_day(people.owner, TODAY)
    assert (found.late, found.today) == (len(day.late), len(day.due))
    assert found.next == day.next_count
    assert found.minutes == day.minutes == sum(minutes_of(line.touchpoint) for line in day.lines)


def test_late_today_and_next_lead_to_their_rows(people, see):
    for days in (-9, -8, 0, 2):
        owed(people.owner, TODAY + DAY * days)
    html = see(TEAM)
    for due, count in (("late", 2), ("today", 1), ("next", 1)):
        (address,) = re.findall(rf'href="([^"]*due={due}[^"]*)"', html)
        path, _sign, query = address.replace("&amp;", "&").partition("?")
        data = dict(part.split("=") for part in query.split("&"))
        assert see(path, **data).count('class="why-line"') == count


@pytest.mark.parametrize(
    ("minutes", "said"), [(None, "40 min of 2 h"), (30, "40 min of 30 min 10 min too much")]
)
def test_minutes_stand_against_capacity(people, see, minutes, said):
    make.make_company(capacity_minutes=120)
    people.owner.capacity_minutes = minutes
    people.owner.save()
    owed(people.owner, item=make.make_item(minutes=40))
    assert said in line_of(see(TEAM), "Kari Holm")


def test_much_time_is_told_in_hours(people, see):
    make.make_company(capacity_minutes=150)
    owed(people.owner, item=make.make_item(minutes=130))
    assert "2 h 10 of 2 h 30" in line_of(see(TEAM), "Kari Holm")


def test_who_is_away_holds_no_minutes(people, see):
    make.make_absence(people.owner, TODAY, TODAY + DAY, deputy=people.deputy)
    owed(people.owner)
    line = line_of(see(TEAM), "Kari Holm")
    assert "away until" in line
    assert "Dag Moe stands in" in line


def test_what_nobody_is_there_to_do_stands_at_the_end(people, see):
    make.make_touchpoint(make.make_account(None), None, TODAY - DAY)
    assert "Nobody is there to do it" in see(TEAM)


def test_managers_see_their_teams_only(people, see):
    assert "Ola Berg" not in see(TEAM)
    assert "Ola Berg" in see(TEAM, people.admin)
    assert "Ola Berg" not in see(TEAM, people.admin, team=people.owner.team_id)


@pytest.mark.parametrize("page", [TEAM, EVENNESS])
def test_twenty_people_cost_as_many_queries_as_two(people, client, page):
    client.force_login(people.manager)

    def add(count: int) -> int:
        for _ in range(count):
            member = make.make_user(team=people.owner.team)
            owed(member)
            done(member, TODAY)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    assert add(2) == add(18)


# -- evenness --------------------------------------------------------------------------------------


def done(by, on, assignee=None, **fields):
    account = make.make_account(by)
    return make.make_touchpoint(
        account, assignee or by, on, state="done", closed_on=on, closed_by=by, **fields
    )


def test_weeks_of_a_month_hold_its_days_once():
    for month in range(1, 13):
        weeks = weeks_of(date(2026, month, 1), date(2026, 12, 31))
        days = [day for week in weeks for day in range(week.first.day, week.last.day + 1)]
        assert days == list(range(1, len(days) + 1))
        assert all(week.first.isoweekday() == 1 for week in weeks[1:])


def test_only_days_up_to_today_count_as_working_days():
    assert [week.working_days for week in weeks_of(date(2026, 11, 1), TODAY)] == [0, 5, 5, 5, 2, 0]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({}, "nothing delivered"),
        ({5: 2, 6: 2}, "too few to say"),
        ({2: 2, 9: 2, 15: 1, 22: 2, 29: 2}, "evenly spread"),
        ({1: 3, 2: 3, 20: 1}, "most in the first week"),
        ({14: 6, 20: 1}, "most in the week of 12 October"),
        ({5: 1, 30: 6}, "most in the last week"),
    ],
)
def test_words_say_how_a_month_was_spread(people, days, words):
    first = date(2026, 10, 1)
    by_day = Counter({date(2026, 10, day): count for day, count in days.items()})
    found = spread(people.owner, by_day, weeks_of(first, TODAY), first)
    assert found.words == words
    assert sum(found.weeks) == found.count == sum(days.values())
    assert found.is_uneven == ("most" in words)


def test_a_running_month_is_judged_by_what_has_passed(people):
    first = date(2026, 11, 1)
    by_day = Counter({date(2026, 11, day): 2 for day in (3, 10, 17, 23, 24)})
    assert spread(people.owner, by_day, weeks_of(first, TODAY), first).words != "most in the first week"


def test_contacts_count_for_whoever_made_them(people, see):
    for on in (date(2026, 10, 2), date(2026, 10, 9)):
        done(people.deputy, on, assignee=people.owner)
    html = see(EVENNESS, month="2026-10")
    assert "Dag Moe 0 1" not in line_of(html, "Dag Moe")
    assert "delivered, Dag Moe" in line_of(html, "Dag Moe")
    assert "nothing delivered" in line_of(html, "Kari Holm")


def test_the_number_leads_to_its_contacts_also_to_those_of_others(people, see):
    done(people.deputy, date(2026, 10, 2), assignee=people.colleague)
    rows = reverse("ledger:rows")
    for reader, count in ((people.deputy, 1), (people.manager, 1), (people.colleague, 0)):
        html = see(rows, reader, closed="2026-10", person=people.deputy.pk)
        assert html.count('class="why-line"') == count


def test_a_week_of_a_single_day_is_named_by_that_day(people, see):
    html = see(EVENNESS, month="2026-11")  # begins on a Sunday, ends on a Monday
    assert ">1 Nov<" in html
    assert ">2–8 Nov<" in html
    assert ">30 Nov<" in html


def test_everybody_sees_their_own_evenness_and_managers_their_team(people, see):
    for who, names in (("owner", {"Kari Holm"}), ("manager", {"Kari Holm", "Dag Moe"}), ("desk", set())):
        html = see(EVENNESS, getattr(people, who))
        shown = {name for name in ("Kari Holm", "Dag Moe", "Ola Berg") if f'person">{name}<' in html}
        assert shown == names


def test_strips_are_drawn_without_styles(people, see):
    done(people.owner, TODAY)
    html = see(EVENNESS, people.owner)
    assert "<rect" in html
    assert "style=" not in html


@pytest.mark.parametrize("month", ["2026-13", "x", "2026", "0000-00", "²²²²-11"])
def test_a_month_that_is_none_is_this_one(people, see, month):
    assert "November 2026" in see(EVENNESS, people.owner, month=month)
