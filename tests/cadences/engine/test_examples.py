"""The decision table by hand: small stories whose answers were worked out with pencil and calendar.

They hold the oracle to the table, before the oracle holds the engine to it.
"""

from datetime import date, timedelta

import pytest

from .days import Days, hash_of, plus
from .facts import Absence, Account, Item, Override, Person, Plan, Purchase, Row, Talk, WorkCalendar, World
from .oracle import run

D = date.fromisoformat
CALL = Item(
    "call",
    0,
    "call",
    "after_contact",
    1,
    "month",
    tolerance=3,
    qualifying=("call", "meeting"),
    since=D("1990-01-01"),
)
TRACK = (
    Item("week", 0, "call", "after_event", 7, "day", is_track=True, lapse_after=23, since=D("1990-01-01")),
    Item("fortnight", 0, "survey", "after_event", 14, "day", is_track=True, lapse_after=14, who="nobody",
         since=D("1990-01-01")),
    Item("month", 0, "call", "after_event", 1, "month", is_track=True, lapse_after=35, since=D("1990-01-01")),
)  # fmt: skip
GREETING = Item(
    "greeting", 0, "letter", "calendar", cycle="year", window_from=151, window_days=30, lapse_after=7,
    since=D("1990-01-01"),
)  # fmt: skip


def world_of(*items: Item, **account: object) -> World:
    """One customer since 1995, owned by user 1, Monday to Friday, no holidays."""
    account.setdefault("became_customer", D("1995-01-02"))
    return World(
        plan=Plan(1, D("1990-01-01"), items),
        people={1: Person(1)},
        accounts=[Account(id=7, owner=1, **account)],
    )


def night(world: World, on: str) -> dict[tuple[str, str], Row]:
    run(world, D(on))
    return world.accounts[0].rows


def dates(world: World) -> dict[tuple[str, str], str]:
    return {row.key: str(row.due_on) for row in world.accounts[0].rows.values() if row.state == "open"}


@pytest.mark.parametrize(
    ("base", "every", "unit", "expected"),
    [
        ("2027-01-31", 1, "month", "2027-02-28"),
        ("2028-01-31", 1, "month", "2028-02-29"),
        ("2028-02-29", 1, "year", "2029-02-28"),
        ("2027-02-28", 1, "month", "2027-03-28"),
        ("2027-10-31", 4, "month", "2028-02-29"),
        ("2027-12-31", 2, "month", "2028-02-29"),
        ("2027-12-30", 2, "week", "2028-01-13"),
    ],
)
def test_month_ends_are_clamped(base, every, unit, expected):
    assert plus(D(base), every, unit) == D(expected)


def test_hash_is_the_first_8_hex_digits_of_md5():
    assert hash_of(7) == 0x8F14E45F


def test_first_purchase_of_lacor_starts_the_track_and_nothing_else():
    purchase = Purchase(1, D("1998-01-29"), 100)
    world = world_of(
        *TRACK, CALL, purchases=[purchase], became_customer=purchase.day, facts_from=D("1998-01-30")
    )
    rows = night(world, "1998-01-30")
    assert dates(world) == {
        ("week", "first"): "1998-02-05",
        ("fortnight", "first"): "1998-02-12",
        ("month", "first"): "1998-03-02",  # 28 February is a Saturday
    }
    assert rows["month", "first"].ideal_on == D("1998-02-28")
    assert rows["fortnight", "first"].assignee is None


def test_rhythm_waits_for_the_end_of_the_track_and_counts_from_its_last_date():
    purchase = Purchase(1, D("2027-01-29"), 100)
    world = world_of(*TRACK, CALL, purchases=[purchase], became_customer=purchase.day)
    for row in night(world, "2027-02-20").values():
        row.state, row.closed_on = "done", D("2027-02-19")
    rows = night(world, "2027-02-21")
    assert rows["call", "n1"].ideal_on == D("2027-03-28")
    assert rows["call", "n1"].basis == "track"


def test_missed_track_of_an_old_purchase_is_inserted_lapsed():
    world = world_of(*TRACK, purchases=[Purchase(1, D("2026-01-05"), 100)], became_customer=D("2026-01-05"))
    rows = night(world, "2027-01-04")
    assert {row.state for row in rows.values()} == {"lapsed"}
    assert rows["week", "first"].closed_on == D("2026-02-05")  # due 12 January, 23 days, the day after


def test_contact_near_enough_closes_and_an_early_one_moves():
    world = world_of(CALL, talks=[Talk(1, "call", D("2027-01-31"))])
    assert night(world, "2027-02-01")["call", "n1"].ideal_on == D("2027-02-28")
    world.accounts[0].talks.append(Talk(2, "meeting", D("2027-02-24")))
    assert night(world, "2027-02-24")["call", "n1"].ideal_on == D("2027-03-24")
    world.accounts[0].talks.append(Talk(3, "call", D("2027-03-21")))
    rows = night(world, "2027-03-21")
    assert (rows["call", "n1"].state, rows["call", "n1"].interaction) == ("done", 3)
    assert rows["call", "n2"].ideal_on == D("2027-04-21")


@pytest.mark.parametrize(
    "change", [{"reached": False}, {"ours": False}, {"withdrawn": True}, {"kind": "letter"}]
)
def test_contact_that_does_not_qualify_changes_nothing(change):
    world = world_of(CALL, talks=[Talk(1, "call", D("2027-01-29"))])
    before = night(world, "2027-02-01")
    world.accounts[0].talks.append(Talk(**{"id": 2, "kind": "call", "day": D("2027-02-27")} | change))
    assert night(world, "2027-02-28") == before


def test_contacts_of_three_missed_months_close_one_row_after_the_other():
    world = world_of(CALL, talks=[Talk(1, "call", D("2027-01-29"))])
    night(world, "2027-02-01")
    world.accounts[0].talks += [Talk(2, "call", D("2027-03-01")), Talk(3, "call", D("2027-03-10")),
                                Talk(4, "call", D("2027-04-12"))]  # fmt: skip
    rows = night(world, "2027-05-03")
    assert rows["call", "n1"].closed_on == D("2027-03-01")
    assert rows["call", "n2"].closed_on == D("2027-04-12")  # the one of 10 March moved it to 10 April
    assert rows["call", "n3"].ideal_on == D("2027-05-12")


def test_without_a_contact_the_floor_is_spread_by_the_account():
    world = world_of(CALL, became_customer=D("2027-02-10"))
    expected = D("2027-02-10") + timedelta(days=hash_of(7) % 28)
    assert night(world, "2027-02-11")["call", "n1"].ideal_on == expected


def test_skip_counts_from_the_day_of_the_skip():
    world = world_of(CALL, talks=[Talk(1, "call", D("2027-01-29"))])
    row = night(world, "2027-02-01")["call", "n1"]
    row.state, row.closed_on = "skipped", D("2027-02-15")
    rows = night(world, "2027-02-15")
    assert (rows["call", "n2"].ideal_on, rows["call", "n2"].basis) == (D("2027-03-15"), "skip")


def test_open_agreed_call_suppresses_and_done_it_counts():
    world = world_of(CALL, talks=[Talk(1, "call", D("2027-01-29"))])
    account = world.accounts[0]
    agreed = Row(
        "agreed", "I1", "call", "agreed", "agreed", D("2027-01-29"), *[D("2027-04-01")] * 3, touched=True
    )
    account.rows[agreed.key] = agreed
    assert dates_after(world, "2027-02-01") == {("agreed", "I1"): "2027-04-01"}
    account.rows[agreed.key] = agreed.but(state="done", closed_on=D("2027-04-01"), interaction=9)
    assert dates_after(world, "2027-04-02") == {("call", "n1"): "2027-05-03"}  # 1 May is a Saturday
    account.rows[agreed.key] = agreed.but(state="skipped", closed_on=D("2027-04-01"))
    assert dates_after(world, "2027-04-03") == {("call", "n1"): "2027-03-01"}


def dates_after(world: World, on: str) -> dict[tuple[str, str], str]:
    night(world, on)
    return dates(world)


def test_holiday_moves_on_and_absence_goes_to_the_deputy():
    world = world_of(*TRACK[:1], purchases=[Purchase(1, D("2027-03-19"), 9)], became_customer=D("2027-03-19"))
    world.calendars[1] = WorkCalendar(1, country="NO")
    world.company_calendar = 1
    world.holidays |= {("NO", "", D("2027-03-26")), ("NO", "", D("2027-03-29"))}
    world.people[2] = Person(2)
    world.people[1].deputy = 2
    world.absences.append(Absence(1, 1, D("2027-03-26"), D("2027-03-29")))
    row = night(world, "2027-03-20")["week", "first"]
    assert (row.due_on, row.assignee) == (D("2027-03-30"), 1)  # Easter, then the owner is back
    world.absences[0].last = D("2027-04-04")
    row = night(world, "2027-03-20")["week", "first"]
    assert (row.due_on, row.assignee) == (D("2027-03-30"), 2)


def test_everybody_away_waits_for_the_owner():
    world = world_of(*TRACK[:1])
    world.people[1] = Person(1, team=1, deputy=2)
    world.people |= {2: Person(2), 3: Person(3)}
    world.managers[1] = 3
    for n in (1, 2, 3):
        world.absences.append(Absence(n, n, D("2027-04-01"), D("2027-04-01") + timedelta(days=7 * n)))
    assert Days(world).shift(world.accounts[0], "call", "owner", D("2027-04-01")) == (D("2027-04-09"), 1)
    assert Days(world).shift(world.accounts[0], "call", "owner", D("2027-04-12")) == (D("2027-04-12"), 1)
    assert Days(world).shift(world.accounts[0], "call", "nobody", D("2027-04-03")) == (D("2027-04-05"), None)


def test_calendar_shift_goes_backward_when_it_would_leave_the_window():
    world = world_of()
    window = (D("2027-05-27"), D("2027-05-30"))
    shifted = Days(world).shift(world.accounts[0], "gift", False, D("2027-05-30"), window)
    assert shifted == (D("2027-05-28"), 1)
    narrow = (D("2027-05-29"), D("2027-05-30"))
    assert Days(world).shift(world.accounts[0], "gift", False, D("2027-05-30"), narrow) == (
        D("2027-05-31"),
        1,
    )


def test_greeting_is_moved_by_no_contact_and_owed_in_a_track():
    purchase = Purchase(1, D("2027-05-20"), 100)
    world = world_of(*TRACK, GREETING, purchases=[purchase], became_customer=purchase.day)
    expected = D("2027-06-01") + timedelta(days=hash_of(7) % 30)
    assert night(world, "2027-06-01")["greeting", "2027"].ideal_on == expected
    world.accounts[0].talks.append(Talk(1, "letter", D("2027-06-02")))
    assert night(world, "2027-06-03")["greeting", "2027"].ideal_on == expected


def test_check_in_that_falls_into_a_track_is_not_owed():
    window = {"cycle": "year", "window_from": 151, "window_days": 1}
    check_in = Item("check", 0, "email", "calendar", **window, avoids_track=True, since=D("1990-01-01"))
    world = world_of(*TRACK, check_in, purchases=[Purchase(1, D("2027-06-01"), 100)])
    assert night(world, "2027-05-31")["check", "2027"].state == "open"  # the purchase is not made yet
    assert night(world, "2027-06-02")["check", "2027"].state == "cancelled"


@pytest.mark.parametrize(
    ("starts", "second", "expected"),
    [
        ("first", "2027-06-01", {"first"}),
        ("new", "2027-02-28", {"first"}),  # the track of 31 January runs until 28 February
        ("new", "2027-03-01", {"first", "P5"}),
        ("restart", "2027-02-10", {"P5"}),
    ],
)
def test_which_purchases_start_a_track(starts, second, expected):
    item = Item(
        "month", 0, "call", "after_event", 1, "month", is_track=True, starts=starts, since=D("1990-01-01")
    )
    first, later = Purchase(4, D("2027-01-31"), 100), Purchase(5, D(second), 50)
    world = world_of(item, purchases=[first, later, Purchase(6, D(second), 20)], became_customer=first.day)
    rows = night(world, second)
    assert {row.cycle for row in rows.values() if row.state == "open"} == expected


def test_voiding_the_first_moves_first_to_the_next_purchase():
    world = world_of(
        *TRACK[:1], purchases=[Purchase(1, D("2027-03-01"), 10), Purchase(2, D("2027-03-05"), 10)]
    )
    assert night(world, "2027-03-05")["week", "first"].ideal_on == D("2027-03-08")
    world.accounts[0].purchases[0].void = True
    assert night(world, "2027-03-05")["week", "first"].ideal_on == D("2027-03-12")
    world.accounts[0].purchases[1].void = True
    assert night(world, "2027-03-06")["week", "first"].state == "cancelled"


def test_pause_lapses_what_lies_in_it_and_moves_the_rhythm_behind_it():
    world = world_of(
        *TRACK[:1],
        CALL,
        purchases=[Purchase(1, D("2027-03-01"), 10)],
        talks=[Talk(1, "call", D("2027-02-20"))],
        paused_from=D("2027-03-06"),
        paused_until=D("2027-03-31"),
    )
    rows = night(world, "2027-03-02")
    assert (rows["week", "first"].state, rows["week", "first"].reason) == ("lapsed", "paused")
    assert rows["call", "n1"].ideal_on == D("2027-04-08")
    world.accounts[0].rows.pop(("call", "n1"))
    world.accounts[0].purchases.clear()
    expected = D("2027-04-01") + timedelta(days=hash_of(7) % 30)
    assert night(world, "2027-03-02")["call", "n1"].ideal_on == expected


def test_promotion_neither_floods_nor_waits_for_the_old_date():
    yearly = Item("call", 1, "call", "after_contact", 6, "month", qualifying=("call",), since=D("1990-01-01"))
    monthly = Item(
        "call", 2, "call", "after_contact", 1, "month", qualifying=("call",), since=D("1990-01-01")
    )
    promoted = {"rank": 2, "rank_before": 1, "tier_since": D("2027-03-01")}
    world = world_of(yearly, monthly, talks=[Talk(1, "call", D("2026-12-01"))], **promoted)
    assert night(world, "2027-03-01")["call", "n1"].ideal_on == D("2027-03-01") + timedelta(
        days=hash_of(7) % 31
    )
    soon = world_of(yearly, monthly, talks=[Talk(1, "call", D("2026-09-03"))], **promoted)
    assert night(soon, "2027-03-01")["call", "n1"].ideal_on == min(
        D("2027-03-03"), D("2027-03-01") + timedelta(days=hash_of(7) % 31)
    )
    demoted = {"rank": 1, "rank_before": 2, "tier_since": D("2027-03-01")}
    world = world_of(yearly, monthly, talks=[Talk(1, "call", D("2027-02-20"))], **demoted)
    assert night(world, "2027-03-01")["call", "n1"].ideal_on == D("2027-08-20")


def test_snoozed_row_is_safe_from_the_plan_and_not_from_a_contact():
    world = world_of(CALL, talks=[Talk(1, "call", D("2027-01-29"))])
    row = night(world, "2027-02-01")["call", "n1"]
    row.due_on, row.touched, row.snoozed_on = D("2027-03-15"), True, D("2027-02-01")
    world.plan.items = (world.plan.items[0].__class__(**{**vars(CALL), "every": 2}),)
    assert night(world, "2027-02-02")["call", "n1"].due_on == D("2027-03-15")
    world.accounts[0].talks.append(Talk(2, "call", D("2027-02-03")))
    row = night(world, "2027-02-04")["call", "n1"]
    assert (row.ideal_on, row.touched) == (D("2027-04-03"), False)


def test_override_changes_the_interval_or_switches_the_slot_off():
    world = world_of(
        CALL, talks=[Talk(1, "call", D("2027-01-29"))], overrides={"call": Override(every=2, unit="week")}
    )
    assert night(world, "2027-02-01")["call", "n1"].ideal_on == D("2027-02-12")
    world.accounts[0].overrides["call"] = Override(is_off=True, until=D("2027-02-09"))
    assert night(world, "2027-02-09")["call", "n1"].state == "cancelled"
    assert night(world, "2027-02-10")["call", "n1"].ideal_on == D("2027-02-28")


def test_yearly_row_done_stands_for_the_quarter_it_was_due_in():
    world = world_of(GREETING)
    row = night(world, "2027-06-01")["greeting", "2027"]
    row.state, row.closed_on = "done", D("2027-06-02")
    quarterly = {"cycle": "quarter", "window_from": 40, "window_days": 20}
    world.plan.items = (Item(**{**vars(GREETING), **quarterly}),)
    assert ("greeting", "2027-Q2") not in night(world, "2027-06-03")
    assert ("greeting", "2027-Q3") in night(world, "2027-08-10")
