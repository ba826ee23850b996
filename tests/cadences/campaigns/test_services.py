"""The verbs of campaigns with the engine behind them: who may, what is owed, what an end takes away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.handing_over import hand_over
from accounts.services import mark_former
from cadences import plans, services
from cadences.campaigns.services import close_ran_out, end_campaign, longest, resume_campaign, start_campaign
from cadences.cost import load
from cadences.engine import preview
from cadences.ledger import check
from cadences.lists.bulk import services as bulk
from cadences.models import Campaign, Override, Plan, PlanItem, Slot, Touchpoint
from cadences.nightly import run_night
from cadences.reassigning import share_out
from cadences.services import NextStep
from cadences.why import explain
from contacts.services import LogEntry
from core.history_reading import changes_of
from tests import factories as make

TODAY = date(2026, 11, 24)
LAST = date(2026, 12, 21)
TALK = LogEntry("call", "talked", sentiment=4)


def owed(account, **more):
    rows = Touchpoint.objects.filter(account=account, basis="campaign", **more)
    return [
        (row.slot.key, row.ideal_on)
        for row in rows.select_related("slot").order_by("ideal_on", "slot__position")
    ]


# -- starting --------------------------------------------------------------------------------------


def test_a_prospect_gets_two_calls_a_week_thanks_a_letter_and_a_meeting_at_once(people, prospect):
    campaign = start_campaign(people.owner, prospect)
    calls = [(f"campaign-call-{n + 1}", TODAY + timedelta(days=n // 2 * 7 + n % 2 * 3)) for n in range(8)]
    rest = [
        ("campaign-thanks", date(2026, 11, 25)),
        ("campaign-letter", date(2026, 11, 25)),
        ("campaign-meeting", date(2026, 12, 8)),
    ]
    assert sorted(owed(prospect)) == sorted(calls + rest)
    assert campaign.ends_on == LAST
    assert not Touchpoint.objects.filter(account=prospect).exclude(basis="campaign").exists()
    assert set(Touchpoint.objects.values_list("cycle", "assignee")) == {(campaign.key, people.owner.pk)}


def test_a_week_has_two_calls_and_a_longer_campaign_more(people, prospect):
    start_campaign(people.owner, prospect, weeks=5)
    calls = [day for slot, day in owed(prospect) if "-call-" in slot]
    assert [sum((day - TODAY).days // 7 == week for day in calls) for week in range(6)] == [2, 2, 2, 2, 2, 0]


def test_the_plan_says_how_long_a_campaign_may_be(people, prospect, plan):
    assert longest() == 6
    with pytest.raises(ValidationError, match="Between 1 and 6 weeks"):
        start_campaign(people.owner, prospect, weeks=7)
    PlanItem.objects.filter(plan=plan, slot__key="campaign-call-6").delete()
    assert longest() == 2
    PlanItem.objects.filter(plan=plan, slot__event="campaign").delete()
    with pytest.raises(ValidationError, match="no campaign with two calls a week"):
        start_campaign(people.owner, prospect)


def test_open_questions_need_an_answer_or_a_reason(people, customer):
    with pytest.raises(ValidationError, match="Not answered yet: Why") as refused:
        start_campaign(people.owner, customer)
    assert "reason" in refused.value.message_dict
    campaign = start_campaign(people.owner, customer, reason="To find that out")
    assert campaign.reason == "To find that out"


def test_every_open_question_is_named(people, plan):
    with pytest.raises(ValidationError, match="Not answered yet: Who, What, Where, When"):
        start_campaign(people.owner, make.make_account(people.owner))


@pytest.mark.parametrize("who", ["colleague", "desk", "gone"])
def test_others_start_and_end_none(people, prospect, who):
    with pytest.raises(PermissionDenied):
        start_campaign(getattr(people, who), prospect)
    campaign = start_campaign(people.owner, prospect)
    for verb in (
        lambda user: end_campaign(user, campaign, result="won"),
        lambda user: resume_campaign(user, campaign),
    ):
        with pytest.raises(PermissionDenied):
            verb(getattr(people, who))
    assert Campaign.objects.running().count() == 1


@pytest.mark.parametrize("who", ["owner", "deputy", "manager", "admin"])
def test_whoever_acts_for_the_owner_may(people, prospect, who):
    assert start_campaign(getattr(people, who), prospect).started_by == getattr(people, who)


def test_only_one_runs(people, prospect):
    start_campaign(people.owner, prospect)
    with pytest.raises(ValidationError, match="A campaign runs here since 24 November, until 21 December"):
        start_campaign(people.owner, prospect)
    with pytest.raises(IntegrityError, match="campaign_one_running"), transaction.atomic():
        make.make_campaign(prospect, TODAY)


def test_a_paused_account_and_one_without_owner_start_none(people, prospect):
    prospect.paused_from, prospect.paused_until = TODAY, TODAY + timedelta(days=3)
    prospect.save()
    with pytest.raises(ValidationError, match="paused until 27 November"):
        start_campaign(people.owner, prospect)
    lonely = make.make_account(None, name="Nobody's")
    with pytest.raises(ValidationError, match="give the account an owner first"):
        start_campaign(people.admin, lonely, reason="Now")


# -- while it runs ---------------------------------------------------------------------------------


def test_its_call_counts_as_the_relationship_call(people, customer):
    start_campaign(people.owner, customer, reason="To find out why")
    rhythm = Touchpoint.objects.open().get(account=customer, slot__key="relationship-call")
    before = rhythm.ideal_on
    first = Touchpoint.objects.get(account=customer, slot__key="campaign-call-1")
    services.complete(people.owner, first, TALK, NextStep.as_planned())
    rhythm = Touchpoint.objects.open().get(account=customer, slot__key="relationship-call")
    assert (before, rhythm.ideal_on) == (date(2027, 5, 3), date(2027, 5, 24))
    assert Touchpoint.objects.get(pk=first.pk).state == "done"
    assert check(TODAY) == []


def test_why_speaks_of_the_campaign(people, prospect):
    start_campaign(people.owner, prospect)
    first, second = (Touchpoint.objects.get(slot__key=f"campaign-call-{n}") for n in (1, 2))
    assert "on the first day of the servicing campaign, 24 November 2026 (plan 1)." in explain(first)[0]
    assert "3 days after the servicing campaign began on 24 November 2026" in explain(second)[0]
    assert explain(first)[-1] == "No contact moves it; it ends with the campaign."


def test_previews_and_the_cost_of_a_plan_count_it(people, prospect):
    plan = Plan.objects.running().get()
    assert preview([prospect.pk], TODAY, 60) == [] == load(plan, TODAY)
    start_campaign(people.owner, prospect, weeks=6)
    assert [row.basis for row in preview([prospect.pk], TODAY, 60)] == ["campaign"] * 15
    assert sum(week.minutes for week in load(plan, TODAY)) == 20 + 11 * 10 + 5 + 10 + 90


def test_a_slot_switched_off_for_the_account_is_not_owed(people, prospect):
    slot = Slot.objects.get(key="campaign-letter")
    Override.objects.create(account=prospect, slot=slot, is_off=True, reason="No letters")
    start_campaign(people.owner, prospect)
    assert "campaign-letter" not in dict(owed(prospect))


# -- the end ---------------------------------------------------------------------------------------


def test_a_result_cancels_what_is_still_open_and_keeps_what_was_done(people, prospect):
    campaign = start_campaign(people.owner, prospect)
    first = Touchpoint.objects.get(slot__key="campaign-call-1")
    services.complete(people.owner, first, TALK, NextStep.agreed(date(2026, 12, 3)))
    snoozed = Touchpoint.objects.get(slot__key="campaign-call-2")
    services.snooze(people.owner, snoozed, date(2026, 11, 30))
    end_campaign(people.owner, campaign, result="appointment", words="Thursday at two")
    rows = Touchpoint.objects.filter(account=prospect, basis="campaign")
    assert set(rows.exclude(pk=first.pk).values_list("state", "reason")) == {("cancelled", "campaign ended")}
    assert Touchpoint.objects.get(pk=first.pk).state == "done"
    assert Touchpoint.objects.open().get(account=prospect).anchor == "agreed"
    assert check(TODAY) == []


def test_an_end_taken_back_owes_everything_again(people, prospect):
    campaign = start_campaign(people.owner, prospect)
    before = owed(prospect, state="open")
    end_campaign(people.owner, campaign, result="won")
    assert owed(prospect, state="open") == []
    resume_campaign(people.owner, campaign)
    assert owed(prospect, state="open") == before
    assert Campaign.objects.get().is_running


def test_what_came_of_it_is_said_once_and_in_words(people, prospect):
    campaign = start_campaign(people.owner, prospect)
    with pytest.raises(ValidationError, match="Say in a few words"):
        end_campaign(people.owner, campaign, result="other")
    for wrong in ("", "over", "nonsense"):
        with pytest.raises(ValidationError, match="Say what came of it"):
            end_campaign(people.owner, campaign, result=wrong)
    end_campaign(people.owner, campaign, result="no_interest")
    with pytest.raises(ValidationError, match="Kari Holm has ended it on 24 November: no interest"):
        end_campaign(people.manager, campaign, result="won")


def test_the_night_after_its_last_day_closes_it_and_hides_nothing_missed(people, prospect, tuesday):
    """Calls that were missed have lapsed one by one, and stay in the ledger."""
    campaign = start_campaign(people.owner, prospect)
    for ahead in range(1, 31):
        run_night(TODAY + timedelta(days=ahead), asked_by="command")
    campaign.refresh_from_db()
    assert (campaign.result, campaign.ended_on) == ("over", LAST)
    rows = Touchpoint.objects.filter(account=prospect)
    assert set(rows.values_list("state", "reason")) == {("lapsed", "not done in time")}
    assert len(rows) == 11
    tuesday.move_to("2026-12-25 08:00:00+00:00")
    end_campaign(people.owner, campaign, result="no_interest", words="Never reached")
    assert Campaign.objects.get().ended_on == LAST
    assert set(rows.values_list("state", flat=True)) == {"lapsed"}
    assert start_campaign(people.owner, prospect).is_running


def test_one_that_ran_out_makes_room_before_the_night(people, prospect):
    old = make.make_campaign(prospect, TODAY - timedelta(days=40))
    start_campaign(people.owner, prospect)
    old.refresh_from_db()
    assert (old.result, old.ended_on) == ("over", old.ends_on)
    assert close_ran_out(TODAY) == 0


def test_history_says_who(people, prospect):
    campaign = start_campaign(people.owner, prospect)
    end_campaign(people.owner, campaign, result="won")
    campaign.refresh_from_db()
    changes = changes_of(campaign)
    assert "won" in {change.after.lower() for change in changes}


# -- a former customer ------------------------------------------------------------------------------


def test_marked_former_nothing_of_the_campaign_is_owed_and_coming_back_resumes_nothing(people, customer):
    campaign = start_campaign(people.owner, customer, reason="Quiet for long")
    assert owed(customer, state="open")
    mark_former(people.owner, customer, former=True)
    campaign.refresh_from_db()
    assert (campaign.result, campaign.ended_on, campaign.ended_by) == ("former", TODAY, people.owner)
    assert not Touchpoint.objects.open().filter(account=customer).exists()
    with pytest.raises(ValidationError, match="customer again"):
        resume_campaign(people.owner, campaign)
    mark_former(people.owner, customer, former=False)
    assert not owed(customer, state="open")
    resume_campaign(people.owner, campaign)
    assert owed(customer, state="open")


def test_late_calls_of_one_that_ran_out_end_too_and_one_that_owes_nothing_keeps_its_end(
    people, customer, tuesday
):
    campaign = start_campaign(people.owner, customer, weeks=1, reason="Quiet for long")
    tuesday.move_to("2026-12-01 08:00:00+00:00")
    close_ran_out(date(2026, 12, 1))
    assert owed(customer, state="open")
    mark_former(people.owner, customer, former=True)
    campaign.refresh_from_db()
    assert (campaign.result, campaign.ended_on) == ("former", date(2026, 11, 30))
    assert not Touchpoint.objects.open().filter(account=customer).exists()
    mark_former(people.owner, customer, former=False)
    assert not owed(customer, state="open")


def test_a_former_customer_can_be_won_back(people, customer):
    mark_former(people.owner, customer, former=True)
    start_campaign(people.owner, customer, reason="We have something new")
    assert owed(customer, state="open")


# -- a new owner -----------------------------------------------------------------------------------


def introduction(account):
    return list(
        Touchpoint.objects.filter(account=account, basis="owner").values_list(
            "cycle", "due_on", "state", "assignee"
        )
    )


def states(account):
    return {row[0]: row[2] for row in introduction(account)}


def key_of(owner):
    return f"E20261124-{owner.pk}"


def test_a_new_owner_of_a_customer_introduces_themself_within_five_working_days(people, customer):
    hand_over(people.manager, [customer.pk], people.deputy)
    assert introduction(customer) == [(key_of(people.deputy), date(2026, 11, 25), "open", people.deputy.pk)]
    row = Touchpoint.objects.get(basis="owner")
    assert row.due_on + timedelta(days=row.tolerance_days) == date(2026, 12, 1)
    assert "a new owner since 24 November 2026" in explain(row)[0]


def test_the_first_owner_and_an_owner_of_a_prospect_owe_none(people, customer, prospect):
    first = make.make_account(None, status="customer", became_customer_on=date(2025, 6, 1))
    hand_over(people.admin, [first.pk, prospect.pk], people.deputy)
    assert introduction(first) == introduction(prospect) == []


def test_in_a_prospects_campaign_a_new_owner_introduces_themself(people, prospect):
    start_campaign(people.owner, prospect)
    hand_over(people.manager, [prospect.pk], people.deputy)
    assert len(introduction(prospect)) == 1
    assert set(Touchpoint.objects.open().values_list("assignee", flat=True)) == {people.deputy.pk}


def test_handed_on_and_back_on_one_day_owes_one_introduction_or_none(people, customer):
    hand_over(people.manager, [customer.pk], people.deputy)
    hand_over(people.manager, [customer.pk], people.manager)
    assert states(customer) == {key_of(people.deputy): "cancelled", key_of(people.manager): "open"}
    hand_over(people.manager, [customer.pk], people.owner)
    assert set(states(customer).values()) == {"cancelled"}


@pytest.mark.parametrize("done", ["done", "skipped"])
def test_the_second_new_owner_of_a_day_owes_what_the_first_has_done(people, customer, done):
    hand_over(people.manager, [customer.pk], people.deputy)
    row = Touchpoint.objects.get(basis="owner")
    if done == "done":
        services.complete(people.deputy, row, TALK, NextStep.as_planned())
    else:
        services.skip(people.deputy, row, "met at the fair")
    hand_over(people.manager, [customer.pk], people.manager)
    assert states(customer) == {key_of(people.deputy): done, key_of(people.manager): "open"}
    assert Touchpoint.objects.open().get(basis="owner").assignee == people.manager
    hand_over(people.manager, [customer.pk], people.deputy)
    assert states(customer) == {key_of(people.deputy): done, key_of(people.manager): "cancelled"}


def test_nobody_in_between_does_not_hide_whom_it_was_taken_over_from(people, customer):
    hand_over(people.manager, [customer.pk], None)
    assert introduction(customer) == []
    hand_over(people.admin, [customer.pk], people.deputy)
    assert [row[3] for row in introduction(customer)] == [people.deputy.pk]


def test_taken_back_nobody_has_to_introduce_themself(people, customer):
    done = share_out(people.manager, people.owner, {people.deputy: [customer.pk]})
    bulk.undo(people.manager, done)
    customer.refresh_from_db()
    assert (customer.owner, customer.owner_since, customer.owner_before) == (
        people.owner,
        date(2025, 6, 1),
        None,
    )
    assert [row[2] for row in introduction(customer)] == ["cancelled"]


# -- existing installations ------------------------------------------------------------------------


def test_every_version_that_was_there_before_carries_the_events(people, plan):
    """What the migration does on a database that has plans already; nothing becomes owed by it."""
    from importlib import import_module

    from django.apps import apps

    draft = plans.draft_of(people.admin, plan)
    PlanItem.objects.filter(slot__event__in=["campaign", "owner"]).delete()
    Slot.objects.filter(event__in=["campaign", "owner"]).delete()
    taken = Slot.objects.create(key="campaign-letter", name="Campaign letter", event="purchase")
    customer = make.make_account(people.owner, status="customer")
    run_night(TODAY, asked_by="command")
    before = set(Touchpoint.objects.values_list("account", "slot", "cycle", "due_on", "plan_version"))
    for _ in range(2):
        import_module("cadences.migrations.0013_events_in_every_version").give(apps, None)
    for version in (plan, draft):
        assert version.items.filter(slot__event="campaign").count() == 15
        assert version.items.filter(slot__event="owner").count() == 1
    assert not taken.items.exists()
    run_night(TODAY, asked_by="command")
    assert set(Touchpoint.objects.values_list("account", "slot", "cycle", "due_on", "plan_version")) == before
    assert customer.pk
