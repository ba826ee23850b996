"""Agreeing, moving, cancelling, holding: the appointment, its touchpoint and what follows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cadences import services as owed
from cadences.day import my_day
from cadences.meetings import services
from cadences.models import Appointment, PlanItem, Touchpoint
from cadences.services import NextStep, Submission
from cadences.upcoming import next_owed_on
from contacts.models import Expectation, Interaction
from contacts.services import LogEntry
from core.history_reading import changes_of
from tests import factories as make

HELD = LogEntry("meeting", "held", summary="They want a second pump", expectation="An offer this week")
DONE = Submission(HELD, NextStep.none("Enough for this year"))


def log(kind: str = "meeting", outcome: str = "held", **more: Any) -> Submission:
    return Submission(LogEntry(kind, outcome, **more), NextStep.none("Enough for now"))


def quarterly(customer: SimpleNamespace, due_on: date = date(2026, 12, 10)) -> Touchpoint:
    return make.make_touchpoint(
        customer.account, customer.owner, due_on, slot=make.make_slot("meeting"), kind="meeting",
        anchor=PlanItem.Anchor.CALENDAR, basis="window", cycle="2026-Q4",
    )  # fmt: skip


def test_an_agreed_meeting_is_the_next_contact_and_on_the_owners_day(customer, terms, tuesday):
    made = services.agree(customer.owner, customer.account, terms())

    row = made.touchpoint
    assert (row.kind, row.anchor, row.state, row.assignee) == ("meeting", "agreed", "open", customer.owner)
    assert row.due_on == date(2026, 12, 1)
    assert row.due_at == datetime(2026, 12, 1, 13, tzinfo=UTC)
    assert row.contact == customer.eva
    assert next_owed_on(customer.account.pk) == date(2026, 12, 1)
    tuesday.move_to("2026-12-01 07:00+00:00")
    day = my_day(customer.owner, date(2026, 12, 1))
    assert [(line.touchpoint.pk, line.at) for line in day.due] == [(row.pk, row.due_at)]


def test_the_same_form_sent_twice_agrees_once(customer, terms):
    said = terms(token=uuid4())

    assert services.agree(customer.owner, customer.account, said) == services.agree(
        customer.owner, customer.account, said
    )
    assert Appointment.objects.count() == Touchpoint.objects.count() == 1


def test_a_quarterly_meeting_gets_its_date_instead_of_a_second_row(customer, terms):
    row = quarterly(customer)

    made = services.agree(customer.owner, customer.account, terms(row=row))

    row.refresh_from_db()
    assert made.touchpoint == row
    assert (row.due_on, row.planned_on) == (date(2026, 12, 1), date(2026, 12, 10))
    assert row.due_at == made.starts_at
    assert Touchpoint.objects.count() == 1


def test_one_that_is_owed_is_agreed_once(customer, terms):
    row = quarterly(customer)
    services.agree(customer.owner, customer.account, terms(row=row))

    with pytest.raises(ValidationError, match="agreed already"):
        services.agree(customer.owner, customer.account, terms(row=row, on=date(2026, 12, 2)))


def test_moving_moves_the_row_and_keeps_the_wall_time_over_the_clock_change(customer, terms, tuesday):
    tuesday.move_to("2027-03-01 08:00+00:00")
    made = services.agree(customer.owner, customer.account, terms(on=date(2027, 3, 26)))
    assert made.starts_at == datetime(2027, 3, 26, 13, tzinfo=UTC)

    services.change(customer.owner, made, terms(on=date(2027, 3, 30)))

    made.refresh_from_db()
    assert made.starts_at == datetime(2027, 3, 30, 12, tzinfo=UTC)
    assert (made.local_start.hour, made.local_end.hour) == (14, 15)
    row = made.touchpoint
    assert (row.due_on, row.planned_on, row.due_at) == (date(2027, 3, 30), date(2027, 3, 30), made.starts_at)
    assert made.sequence == 1


def test_saving_without_a_change_is_no_news(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())

    services.change(
        customer.owner, made, terms(agenda="1. Pumps\r\n2. Prices")
    )  # as another browser ends lines

    made.refresh_from_db()
    assert made.sequence == 0
    assert changes_of(made) == []


@pytest.mark.parametrize(
    ("zone", "on", "at", "utc"),
    [
        ("Europe/Oslo", date(2027, 3, 28), time(3), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        ("Europe/Oslo", date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("America/New_York", date(2027, 3, 14), time(3), datetime(2027, 3, 14, 7, tzinfo=UTC)),
        ("America/New_York", date(2027, 11, 7), time(1, 30), datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
    ],
)
def test_around_a_clock_change_wall_times_are_the_right_moments(customer, terms, zone, on, at, utc):
    made = services.agree(
        customer.owner, customer.account, terms(on=on, at=at, until=time(6), time_zone=zone)
    )

    assert made.starts_at == utc
    assert made.local_start.time() == at


@pytest.mark.parametrize(
    ("zone", "on"), [("Europe/Oslo", date(2027, 3, 28)), ("America/New_York", date(2027, 3, 14))]
)
def test_a_time_that_clocks_skip_is_refused_by_name(customer, terms, zone, on):
    with pytest.raises(ValidationError) as refused:
        services.agree(
            customer.owner, customer.account, terms(on=on, at=time(2, 30), until=time(4), time_zone=zone)
        )
    assert "set forward" in refused.value.message_dict["at"][0]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"on": date(2026, 11, 23)}, "on"),
        ({"on": date(2036, 11, 23)}, "on"),
        ({"until": time(14)}, "until"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"contacts": []}, "contacts"),
        ({"kind": "seance"}, "kind"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(customer, terms, said, field):
    with pytest.raises(ValidationError) as refused:
        services.agree(customer.owner, customer.account, terms(**said))
    assert field in refused.value.message_dict


def test_somebody_of_another_account_or_who_has_left_is_refused(customer, terms):
    elsewhere = make.make_contact(make.make_account())
    left = make.make_contact(customer.account, left_on=date(2026, 11, 1))

    for contact in (elsewhere, left):
        with pytest.raises(ValidationError, match="does not work at this account"):
            services.agree(customer.owner, customer.account, terms(contacts=[contact]))


def test_anybody_agrees_a_meeting_but_books_no_colleague(customer, terms):
    made = services.agree(customer.desk, customer.account, terms(host=customer.desk))
    assert made.touchpoint.assignee == customer.owner  # who keeps what was promised to the customer
    services.agree(customer.desk, customer.account, terms(host=customer.owner, on=date(2026, 12, 2)))

    with pytest.raises(ValidationError, match="Choose yourself"):
        services.agree(customer.desk, customer.account, terms(host=customer.colleague))
    assert services.agree(customer.manager, customer.account, terms(host=customer.colleague)).pk


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("owner", True), ("deputy", True), ("manager", True), ("admin", True),
        ("colleague", False), ("desk", False), ("gone", False),
    ],
)  # fmt: skip
def test_who_cancels(customer, terms, who, may):
    made = services.agree(customer.owner, customer.account, terms())
    user = getattr(customer, who)

    if may:
        services.cancel(user, made, "They are ill")
    else:
        with pytest.raises(PermissionDenied):
            services.cancel(user, made, "They are ill")
    made.refresh_from_db()
    assert (made.state == "cancelled") is may


def test_the_host_holds_a_meeting_on_somebody_elses_account(customer, terms, tuesday):
    made = services.agree(customer.manager, customer.account, terms(host=customer.colleague))
    tuesday.move_to("2026-12-01 14:30+00:00")

    services.hold(customer.colleague, made, DONE)

    made.refresh_from_db()
    assert made.state == "held"
    assert made.touchpoint.state == "done"


def test_cancelling_ends_an_agreed_row(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())

    services.cancel(customer.owner, made, "They are ill")

    row = Touchpoint.objects.get()
    assert (row.state, row.reason, row.closed_by) == ("cancelled", "They are ill", customer.owner)


def test_cancelling_leaves_what_the_plan_owes(customer, terms):
    make.make_schedule(is_on=False)  # no plan runs here that could say it is no longer owed
    row = quarterly(customer)
    made = services.agree(customer.owner, customer.account, terms(row=row))

    services.cancel(customer.owner, made, "They are ill")

    row.refresh_from_db()
    assert (row.state, row.due_on, row.due_at) == ("open", date(2026, 12, 10), None)


def test_a_reason_is_asked_for(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())

    with pytest.raises(ValidationError) as refused:
        services.cancel(customer.owner, made, "  ")
    assert "reason" in refused.value.message_dict


def test_holding_logs_closes_and_records_needs_and_expectations(customer, terms, tuesday):
    made = services.agree(customer.owner, customer.account, terms(kind="lunch"))
    tuesday.move_to("2026-12-01 14:30+00:00")
    sent = Submission(
        LogEntry(
            "lunch", "held", summary="They want a second pump", contact=customer.eva, others=[customer.per],
            expectation="An offer this week",
        ),
        NextStep.agreed(date(2026, 12, 4), contact=customer.eva),
    )  # fmt: skip

    interaction = services.hold(customer.owner, made, sent, needs="Less noise in hall 2")

    made.refresh_from_db()
    assert (made.state, made.interaction, made.needs) == ("held", interaction, "Less noise in hall 2")
    assert (interaction.kind, interaction.reached, list(interaction.others.all())) == (
        "lunch", True, [customer.per],
    )  # fmt: skip
    assert made.touchpoint.interaction == interaction
    assert Expectation.objects.get().what == "An offer this week"
    assert next_owed_on(customer.account.pk) == date(2026, 12, 4)


def test_holding_asks_for_the_next_date(customer, terms, tuesday):
    made = services.agree(customer.owner, customer.account, terms())
    tuesday.move_to("2026-12-01 14:30+00:00")

    with pytest.raises(ValidationError) as refused:
        services.hold(customer.owner, made, Submission(HELD))
    assert "next_on" in refused.value.message_dict
    made.refresh_from_db()
    assert made.state == "planned"


def test_nothing_came_of_it_yet_before_it_begins(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())

    for verb in (
        lambda: services.hold(customer.owner, made, DONE),
        lambda: services.miss(customer.owner, made, "x"),
    ):
        with pytest.raises(ValidationError, match="not begun"):
            verb()


def test_nobody_came_leaves_the_row_owed(customer, terms, tuesday):
    made = services.agree(customer.owner, customer.account, terms())
    tuesday.move_to("2026-12-01 14:30+00:00")

    services.hold(customer.owner, made, log(outcome="no_answer"))

    made.refresh_from_db()
    assert made.state == "missed"
    assert (made.touchpoint.state, made.touchpoint.due_at) == ("open", None)


def test_missed_counts_as_owed_and_not_done(customer, terms, tuesday):
    made = services.agree(customer.owner, customer.account, terms())
    tuesday.move_to("2026-12-01 14:30+00:00")

    services.miss(customer.owner, made, "Snow")

    made.refresh_from_db()
    assert (made.state, made.reason) == ("missed", "Snow")
    assert (made.touchpoint.state, made.touchpoint.reason) == ("skipped", "Snow")


def test_a_log_on_my_day_holds_the_meeting_and_its_withdrawal_plans_it_again(customer, terms, tuesday):
    made = services.agree(customer.owner, customer.account, terms())
    tuesday.move_to("2026-12-01 14:30+00:00")

    interaction = owed.record(customer.owner, made.touchpoint, DONE)
    made.refresh_from_db()
    assert (made.state, made.interaction) == ("held", interaction)

    owed.undo_log(customer.owner, interaction)
    made.refresh_from_db()
    assert (made.state, made.interaction) == ("planned", None)
    assert made.touchpoint.state == "open"


def test_a_former_customer_has_no_meetings(customer, terms):
    from accounts.services import mark_former

    row = quarterly(customer)
    made = services.agree(customer.owner, customer.account, terms(row=row))

    mark_former(customer.owner, customer.account, former=True)

    made.refresh_from_db()
    assert made.state == "cancelled"
    assert made.reason


def test_an_ended_meeting_is_not_changed(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())
    services.cancel(customer.owner, made, "They are ill")

    with pytest.raises(ValidationError, match="no longer planned"):
        services.change(customer.owner, made, terms(on=date(2026, 12, 3)))


def test_a_leavers_meetings_go_along_with_the_account(customer, terms):
    from cadences.reassigning.services import reassign_accounts

    made = services.agree(customer.owner, customer.account, terms())

    done = reassign_accounts(customer.manager, [customer.account.pk], customer.deputy, leaver=customer.owner)

    made.refresh_from_db()
    assert (made.host, made.touchpoint.assignee) == (customer.deputy, customer.deputy)
    assert ("meeting", made.pk, customer.owner.pk, customer.account.pk) in done.along


def test_every_change_is_in_the_history(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())
    services.change(customer.owner, made, terms(place="Kirkegata 2"))

    made.refresh_from_db()
    assert ("Storgata 1", "Kirkegata 2") in [(one.before, one.after) for one in changes_of(made)]
    assert not Interaction.objects.exists()
