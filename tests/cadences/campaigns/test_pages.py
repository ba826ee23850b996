"""Pages of campaigns: what each person sees and may, what is said, how many queries it costs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences.campaigns.services import end_campaign, start_campaign
from cadences.models import Campaign
from tests import factories as make

TODAY = date(2026, 11, 24)
LIST = reverse("campaigns:list")


@pytest.fixture
def see(people):
    def shown(address: str, who=None, status: int = 200) -> str:
        client = Client()
        client.force_login(who or people.owner)
        reply = client.get(address)
        assert reply.status_code == status, reply.content.decode()[:500]
        return " ".join(reply.content.decode().split())

    return shown


def send(who, address: str, **data: str):
    client = Client()
    client.force_login(who)
    return client.post(address, data)


def panel(account) -> str:
    return reverse("campaigns:panel", args=[account.pk])


def test_an_account_without_one_offers_to_start(people, prospect, see):
    start = reverse("campaigns:start", args=[prospect.pk])
    assert start in see(panel(prospect))
    assert "None yet" in see(panel(prospect), people.desk)
    assert start not in see(panel(prospect), people.desk)


def test_it_is_started_and_shown_with_its_week_and_next_call(people, prospect, see):
    form = see(reverse("campaigns:start", args=[prospect.pk]))
    assert "At most 6 weeks" in form
    assert "Not answered yet" not in form
    reply = send(people.owner, reverse("campaigns:start", args=[prospect.pk]), weeks="4")
    assert reply.status_code == 302
    shown = see(panel(prospect))
    assert "Week 1 of 4" in shown
    assert "0 done, 11 to come" in shown
    assert "Campaign call 1 (introduction)" in shown
    assert reverse("campaigns:start", args=[prospect.pk]) not in shown


def test_an_open_question_is_named_and_nothing_typed_is_lost(people, customer, see):
    start = reverse("campaigns:start", args=[customer.pk])
    assert "Not answered yet: Why." in see(start)
    reply = send(people.owner, start, weeks="5")
    assert reply.status_code == 422
    shown = reply.content.decode()
    assert "say why it can wait" in shown
    assert 'value="5"' in shown
    assert not Campaign.objects.exists()
    assert send(people.owner, start, weeks="5", reason="To find out").status_code == 302
    assert "Began with open questions: To find out" in see(panel(customer))


def test_its_calls_are_on_my_day(people, prospect, see):
    start_campaign(people.owner, prospect)
    shown = see(reverse("cadences:day"))
    assert "Campaign call 1 (introduction)" in shown
    assert "the campaign began on 24" in shown


def test_it_is_ended_with_a_result_and_can_run_on(people, prospect, see):
    campaign = start_campaign(people.owner, prospect)
    end = reverse("campaigns:end", args=[campaign.pk])
    assert send(people.owner, end, result="other").status_code == 422
    assert send(people.owner, end, result="other", words="Merged with Fjord").status_code == 302
    shown = see(panel(prospect))
    assert "Merged with Fjord" in shown
    resume = reverse("campaigns:resume", args=[campaign.pk])
    assert resume in shown
    assert resume not in see(panel(prospect), people.colleague)
    assert send(people.owner, resume).status_code == 302
    assert "Week 1 of 4" in see(panel(prospect))


@pytest.mark.parametrize("who", ["colleague", "desk"])
def test_others_may_only_look(people, prospect, who):
    campaign = start_campaign(people.owner, prospect)
    someone = getattr(people, who)
    assert send(someone, reverse("campaigns:end", args=[campaign.pk]), result="won").status_code == 403
    assert send(someone, reverse("campaigns:resume", args=[campaign.pk])).status_code == 403
    assert Campaign.objects.running().count() == 1


def test_the_list_shows_mine_my_teams_and_everybodys(people, prospect, customer, see):
    start_campaign(people.owner, prospect)
    stranger = make.make_account(
        people.colleague, name="Fjord Kraft", city="Bergen", country="NO", about="Grid"
    )
    start_campaign(people.colleague, stranger, reason="Now")
    assert "Borg &amp; Co" in see(LIST)
    assert "Fjord Kraft" not in see(LIST)
    assert "Borg &amp; Co" in see(LIST, people.manager)
    assert "Fjord Kraft" not in see(LIST, people.manager)
    assert "Fjord Kraft" in see(LIST, people.admin)
    assert "Fjord Kraft" in see(f"{LIST}?owner=all")
    assert "No campaign runs here" in see(LIST, people.desk)
    assert "No campaign has ended here yet" in see(f"{LIST}?state=ended")
    assert "Borg &amp; Co" in see(f"{LIST}?owner=nonsense&page=x")


def test_ended_ones_are_listed_with_what_came_of_them(people, prospect, see):
    end_campaign(people.owner, start_campaign(people.owner, prospect), result="won", words="Ordered two")
    assert "Borg" not in see(LIST)
    shown = see(f"{LIST}?state=ended")
    assert "Ordered two" in shown
    assert "Won" in shown


def test_what_was_missed_and_what_is_late_is_marked(people, prospect, see):
    campaign = make.make_campaign(prospect, TODAY - timedelta(days=9), started_by=people.owner)
    for n, (state, ahead) in enumerate([("done", -9), ("lapsed", -6), ("open", -2), ("open", 1)]):
        closed = {"state": state, "closed_on": TODAY} if state != "open" else {}
        make.make_touchpoint(
            prospect, people.owner, TODAY + timedelta(days=ahead), make.make_slot(f"campaign-call-{n + 1}"),
            cycle=campaign.key, basis="campaign", anchor="after_event", tolerance_days=1, **closed,
        )  # fmt: skip
    shown = see(panel(prospect))
    assert "Week 2 of 4" in shown
    assert "1 done, 1 missed, 2 to come" in shown
    assert shown.count('class="is-late"') == 1
    assert shown.count('class="is-missed"') == 1


@pytest.mark.parametrize("address", [LIST, f"{LIST}?state=ended"])
def test_20_rows_cost_as_many_queries_as_2(people, plan, see, address):
    def fill(count: int) -> None:
        for _ in range(count):
            account = make.make_account(people.owner)
            more = (
                {"ended_on": TODAY, "result": "won", "ended_by": people.owner} if "ended" in address else {}
            )
            campaign = make.make_campaign(account, TODAY, started_by=people.owner, **more)
            make.make_touchpoint(account, people.owner, TODAY, cycle=campaign.key, basis="campaign")

    def queries() -> int:
        client = Client()
        client.force_login(people.owner)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(address)
        return len(asked)

    fill(2)
    few = queries()
    fill(18)
    assert queries() == few


def test_the_panel_costs_few_queries_whatever_there_was(people, prospect, see):
    for n in range(6):
        first = TODAY - timedelta(days=60 * (n + 1))
        make.make_campaign(prospect, first, ended_on=first, result="won", ended_by=people.owner)
    start_campaign(people.owner, prospect)
    client = Client()
    client.force_login(people.owner)
    client.get(panel(prospect))
    with CaptureQueriesContext(connection) as asked:
        client.get(panel(prospect))
    assert len(asked) <= 8
