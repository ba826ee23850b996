"""Owed against delivered: every number is the number of rows behind it, for everybody who may see it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences.late_rows import LateDays, TodayUntil, in_bucket
from cadences.lateness import Bucket, bucket, late_days
from cadences.ledger_pages.choice import DIMENSIONS, Choice
from cadences.ledger_pages.figures import ledger, table
from cadences.ledger_pages.marks import MARKS
from cadences.models import Touchpoint
from tests import factories as make
from tests.cadences.ledger.conftest import DAY, TODAY

MINE = reverse("ledger:mine")
ROWS = reverse("ledger:rows")


def counted(row: Touchpoint, today: date = TODAY) -> str:
    """The mark of a row, said a second time in plain Python."""
    if row.state == "done":
        return "late" if (row.closed_on - row.planned_on).days > row.tolerance_days else "on_time"
    if row.state == "open":
        return "overdue" if (today - row.planned_on).days > row.tolerance_days else "to_come"
    return row.state


def choice_of(user, **data) -> Choice:
    params = QueryDict(mutable=True)
    params.update({name: str(value) for name, value in data.items()})
    return Choice.read(params, user, TODAY)


def seen(people, who, row) -> bool:
    """Whether a row stands in somebody's ledger."""
    if who == "admin":
        return True
    if who == "manager":
        team = {people.owner.pk, people.deputy.pk, people.manager.pk}
        return row.assignee_id in team or (row.assignee_id is None and row.account.owner_id in {None, *team})
    return row.assignee_id == getattr(people, who).pk


@pytest.mark.parametrize("who", ["owner", "manager", "colleague", "desk", "admin"])
@pytest.mark.parametrize("by", list(DIMENSIONS))
@pytest.mark.parametrize("period", ["2026", "all"])
def test_sums_are_the_rows_behind_them(people, year, who, by, period):
    user = getattr(people, who)
    rows = [
        row for row in year if seen(people, who, row) and (period == "all" or row.planned_on.year == 2026)
    ]
    found = ledger(user, choice_of(user, by=by, year=period), TODAY)
    wanted = Counter(counted(row) for row in rows)
    for parts in ([line.figures for line in found.lines], [line.figures for line in found.periods]):
        assert {mark: sum(getattr(one, mark) for one in parts) for mark in MARKS} == {
            mark: wanted[mark] for mark in MARKS
        }
    assert found.total.owed == sum(
        wanted[mark] for mark in ("on_time", "late", "skipped", "lapsed", "overdue")
    )
    assert found.people.owed == sum(
        counted(row) in ("on_time", "late", "skipped", "lapsed", "overdue")
        for row in rows
        if not by_system(row)
    )


def by_system(row) -> bool:
    return row.assignee_id is None and (row.kind == "survey" or row.item.assignee == "nobody")


@pytest.mark.parametrize("by", list(DIMENSIONS))
def test_every_number_leads_to_as_many_rows(people, year, by):
    user = people.manager
    found = ledger(user, choice_of(user, by=by, view="months"), TODAY)
    for line in [*found.periods, *found.lines]:
        for mark, number in line.figures.cells:
            behind = Choice.read(QueryDict(f"{line.query}&mark={mark}"), user, TODAY).rows(user, TODAY)
            assert behind.count() == number, (line.label, mark)
    assert all(line.periods for line in found.lines)
    for line in found.lines:
        for figures, query in line.periods:
            behind = Choice.read(QueryDict(f"{query}&mark=owed"), user, TODAY).rows(user, TODAY)
            assert behind.count() == figures.owed


def test_all_pages_together_hold_every_line_once_with_the_sum_of_all(people, see):
    account = make.make_account(people.owner)
    slots = [make.make_slot(f"slot-{place:02d}", name=f"Slot {place:02d}.") for place in range(53)]
    for slot in slots:
        make.make_touchpoint(account, people.owner, TODAY - DAY * 5, slot)
    pages = [see(MINE, people.owner, by="slot", page=number) for number in (1, 2)]
    assert all(sum(page.count(f">{slot.name}</a>") for page in pages) == 1 for slot in slots)
    assert "1–50" in pages[0]
    assert "51–53" in pages[1]
    found = [ledger(people.owner, choice_of(people.owner, by="slot"), TODAY, number) for number in (1, 2, 3)]
    assert [len(each.lines) for each in found] == [50, 3, 50]  # there is no third page
    assert {each.total.owed for each in found} == {53}


@pytest.mark.parametrize("by", list(DIMENSIONS))
def test_the_file_holds_the_same_sums(people, year, by):
    user = people.manager
    choice = choice_of(user, by=by)
    lines = list(table(user, choice, TODAY))
    total = ledger(user, choice, TODAY).total
    assert sum(figures.owed for _label, _period, figures in lines) == total.owed
    assert len({(label, period) for label, period, _figures in lines}) == len(lines)


def test_late_means_the_same_in_python_and_in_the_database(people, year):
    rows = Touchpoint.objects.annotate(late=LateDays(TODAY), today_until=TodayUntil())
    for row in rows:
        assert row.late == late_days(row.planned_on, row.tolerance_days, TODAY)
    for wanted in Bucket:
        found = set(rows.filter(in_bucket(wanted, TODAY)).values_list("pk", flat=True))
        assert found == {r.pk for r in year if bucket(r.due_on, r.tolerance_days, TODAY) is wanted}


@pytest.mark.parametrize(
    ("planned", "due", "tolerance", "said"),
    [
        (TODAY - DAY * 3, TODAY - DAY * 3, 3, "To come"),
        (TODAY - DAY * 4, TODAY - DAY * 4, 3, "Overdue"),
        (TODAY - DAY * 4, TODAY + DAY * 9, 3, "Overdue"),  # put off: no less late
        (TODAY, TODAY, 0, "To come"),
    ],
)
def test_open_is_overdue_after_its_tolerance(people, see, planned, due, tolerance, said):
    account = make.make_account(people.owner)
    make.make_touchpoint(account, people.owner, due, planned_on=planned, tolerance_days=tolerance)
    assert f">{said}</span>" in see(ROWS, people.owner)


def test_done_on_the_last_day_of_its_tolerance_is_kept(people, see):
    account = make.make_account(people.owner)
    for late in (0, 1):
        make.make_touchpoint(
            account, people.owner, TODAY - DAY * 20, state="done", tolerance_days=5,
            closed_on=TODAY - DAY * (15 - late), closed_by=people.owner,
        )  # fmt: skip
    html = see(MINE, people.owner)
    assert "2 contacts owed" in html
    assert "50 % kept on time, 1 done late" in html


def test_a_contact_counts_in_the_month_for_which_it_was_planned(people, see):
    account = make.make_account(people.owner)
    make.make_touchpoint(account, people.owner, date(2026, 9, 30), state="done", closed_on=date(2026, 10, 5))
    september = see(ROWS, people.owner, year=2026, month=9)
    assert account.name in september
    assert account.name not in see(ROWS, people.owner, year=2026, month=10)


def test_todos_are_no_contacts_owed(people, see):
    account = make.make_account(people.owner)
    make.make_touchpoint(account, people.owner, TODAY - DAY * 5, make.make_slot("todo"), kind="todo")
    assert "Nothing was owed here" in see(MINE, people.owner)


def test_people_see_their_own_and_managers_their_team(people, see):
    theirs = make.make_account(people.colleague, name="Elsewhere")
    mine = make.make_account(people.owner, name="Here and now")
    for account in (theirs, mine):
        make.make_touchpoint(account, account.owner, TODAY - DAY * 5)
    for user, names in (
        (people.owner, {"Here and now"}),
        (people.manager, {"Here and now"}),
        (people.deputy, set()),
        (people.colleague, {"Elsewhere"}),
        (people.admin, {"Here and now", "Elsewhere"}),
    ):
        html = see(ROWS, user) + see(ROWS, user, user=people.colleague.pk) + see(ROWS, user, year="all")
        file = see(reverse("ledger:rows_file"), user)
        assert {name for name in ("Here and now", "Elsewhere") if name in html} == names
        assert {name for name in ("Here and now", "Elsewhere") if name in file} == names


def test_nobody_may_choose_among_people_they_do_not_see(people, see):
    assert 'name="user"' not in see(MINE, people.owner)
    chosen = re.search(r'name="user".*?</select>', see(MINE, people.manager), re.DOTALL)
    assert chosen
    assert people.owner.display_name in chosen[0]
    assert people.colleague.display_name not in chosen[0]


@pytest.mark.parametrize("path", [MINE, ROWS, reverse("ledger:rows_file"), reverse("ledger:table_file")])
@pytest.mark.parametrize(
    "nonsense",
    [
        {"year": "²", "by": "x", "month": "13", "user": "me", "tier": "-1", "slot": "\x00", "mark": "?"},
        {"year": "0", "closed": "2026-13", "person": "a", "due": "soon", "page": "-4", "view": "x"},
        {"year": "99999999999999999999", "account": "9" * 18, "team": "9" * 18, "closed": "-"},
    ],
)
def test_nonsense_in_an_address_is_left_out(people, see, path, nonsense):
    assert see(path, people.manager, **nonsense)


def test_files_run_nothing_in_a_spreadsheet(people, see):
    account = make.make_account(people.owner, name="=HYPERLINK(1)")
    make.make_touchpoint(account, people.owner, TODAY - DAY * 5, tolerance_days=1)
    for name in ("rows_file", "table_file"):
        text = see(reverse(f"ledger:{name}"), people.owner, by="account")
        (line,) = list(csv.reader(io.StringIO(text)))[1:]
        assert line[0] == "'=HYPERLINK(1)"
    (line,) = csv.DictReader(io.StringIO(see(reverse("ledger:rows_file"), people.owner)))
    assert (line["Planned on"], line["Counts as"], line["Days late"]) == ("2026-11-19", "Overdue", "4")


def test_files_begin_with_the_mark_that_spreadsheets_need(people, client):
    client.force_login(people.owner)
    response = client.get(reverse("ledger:table_file"))
    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbf")
    assert response["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    "address", [MINE, f"{MINE}?by=account", f"{MINE}?by=team&view=months", ROWS, f"{ROWS}?mark=overdue"]
)
def test_twenty_rows_cost_as_many_queries_as_two(people, client, address):
    client.force_login(people.manager)

    def add(count: int) -> int:
        for _ in range(count):
            account = make.make_account(people.owner, tier=make.make_tier(make.number()))
            item = make.make_item(make.make_slot(f"slot-{make.number()}"))
            make.make_touchpoint(account, people.owner, TODAY - DAY * 9, item.slot, item=item)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    assert add(2) == add(18)


def test_each_row_explains_itself(people, see, client):
    account = make.make_account(people.owner)
    row = make.make_touchpoint(account, people.owner, TODAY - DAY * 5, item=make.make_item())
    html = see(ROWS, people.owner)
    assert "after the last contact" in html
    assert reverse("accounts:why", args=[account.pk, row.pk]) in html
