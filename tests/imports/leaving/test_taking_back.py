"""All that was handed over when somebody left comes back within a day; what was changed since stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from cadences.lists.bulk import services as bulk
from cadences.models import Appointment, BulkChange, SavedView, Touchpoint
from contacts.models import Commitment, Concern
from core import facts
from core.history_reading import changes_of
from correspondence.models import Mailing, Piece, Recipient
from correspondence.pieces import services as pieces
from imports.leaving.services import leave
from imports.leaving.shown import leaving
from imports.leaving.sorts import SORTS
from tests import factories as make
from tests.imports.leaving.conftest import NOW
from tests.imports.leaving.test_leaving import chosen, go, to_dag
from users import services
from users.models import Absence, Team, User


@pytest.fixture
def turn(held, people):
    """A mail of somebody else's mailing whose turn is still to come, in the leaver's name."""
    running = make.make_mailing(people.manager, state="running", starts_at=NOW - timedelta(hours=1))
    return Recipient.objects.create(
        mailing=running, account=held.foreign, contact=held.foreign.contacts.first(), sender=people.leaver,
        place=1,
    )  # fmt: skip


def whose() -> dict[tuple[str, int], int | None]:
    """Everything that names a holder."""
    kinds = {
        "account": (Account, "owner"), "touchpoint": (Touchpoint.objects.filter(kind="todo"), "assignee"),
        "promise": (Commitment, "user"), "concern": (Concern, "owner"), "meeting": (Appointment, "host"),
        "piece": (Piece, "sender"), "turn": (Recipient, "sender"), "sent": (Mailing, "sender"),
        "mailing": (Mailing, "created_by"), "team": (Team, "manager"), "deputy": (User, "deputy"),
        "absence": (Absence, "deputy"), "view": (SavedView, "owner"),
    }  # fmt: skip
    return {
        (name, row.pk): getattr(row, f"{field}_id")
        for name, (rows, field) in kinds.items()
        for row in getattr(rows, "objects", rows).all()
    }


def take_back(client, change: BulkChange) -> str:
    """By the button of the page; what the page says then."""
    page = client.post(reverse("accounts:bulk_undo", args=[change.pk]), follow=True)
    change.refresh_from_db()
    return page.content.decode()


def back_at_work(people) -> None:
    services.reactivate(people.admin, people.leaver)


def test_all_that_was_given_on_comes_back(people, held, turn, as_admin):
    before = whose()
    change = go(people, to_dag(people)).change
    assert people.leaver.pk not in whose().values()
    back_at_work(people)
    page = take_back(as_admin, change)
    assert whose() == before
    assert (change.state, change.options["stayed"]) == ("undone", [])
    assert "was not taken back" not in page
    assert "besides accounts, taken back" in page
    assert set(Piece.objects.values_list("state", flat=True)) == {"draft"}


def test_every_sort_has_a_way_back(people, held, turn):
    """A sort that is not among what is kept would be given away for good."""
    change = go(people, to_dag(people)).change
    kept = {one[0] for one in change.options["given"]}
    kept |= {one[0] for row in change.rows.all() for one in row.before.get("given", ())}
    along = {one[0] for row in change.rows.all() for one in row.before.get("along", ())}
    assert kept == {sort.key for sort in SORTS}
    assert along == {"todo", "promise", "concern", "meeting"}


def test_nothing_is_used_up_while_they_are_not_back(people, held, as_admin):
    before = whose()
    change = go(people, to_dag(people)).change
    words = "Once an admin has activated them, it can be taken back"
    assert words in take_back(as_admin, change)
    assert change.state == "done"
    page = as_admin.get(reverse("accounts:bulk", args=[change.pk])).content.decode()
    assert "once an admin has activated Kari Holm again" in page
    back_at_work(people)
    take_back(as_admin, change)
    assert whose() == before


def test_what_somebody_has_changed_since_stays_and_is_told(people, held, turn, as_admin):
    change = go(people, to_dag(people)).change
    kept = Piece.objects.get(account=held.accounts[0])
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        services.edit_team(people.admin, held.team, manager=make.make_user("manager"))
        SavedView.objects.filter(pk=held.view.pk).update(query="tier=A")
        Mailing.objects.filter(pk=held.mailing.pk).update(rest_days=7)
        services.edit_user(people.admin, held.covered, deputy=people.ola)
        pieces.change(people.dag, kept, subject="In my own words")
        Recipient.objects.filter(pk=turn.pk).update(sender=people.manager)
        left_alone = whose()
        back_at_work(people)
        page = take_back(as_admin, change)
    now = whose()
    stayed = {("team", held.team.pk), ("view", held.view.pk), ("sent", held.mailing.pk),
              ("mailing", held.mailing.pk), ("deputy", held.covered.pk), ("piece", kept.pk),
              ("turn", turn.pk)}  # fmt: skip
    assert {key: now[key] for key in stayed} == {key: left_alone[key] for key in stayed}
    assert now["absence", held.absence.pk] == people.leaver.pk
    assert now["account", held.accounts[0].pk] == people.leaver.pk
    for words in ("South", "Quiet ones", held.mailing.name, "Per Covered"):
        assert f"“{words}” has been changed since" in page
    reasons = dict(change.rows.values_list("account", "reason"))
    assert (
        reasons[held.accounts[0].pk]
        == reasons[held.foreign.pk]
        == ("1 thing that went along has been changed since; it stays as it is now.")
    )
    assert page.count("1 thing that went along has been changed since") == 2
    assert len(change.options["stayed"]) == 5  # the mailing was in their name, and looked after by them


def test_what_was_approved_in_the_new_name_stays(people, held, as_admin):
    change = go(people, to_dag(people)).change
    approved = Piece.objects.get(account=held.foreign)
    Piece.objects.filter(pk=approved.pk).update(state="queued")
    back_at_work(people)
    take_back(as_admin, change)
    assert Piece.objects.get(pk=approved.pk).sender == people.ola


def test_a_view_has_its_name_again(people, held, as_admin):
    SavedView.objects.create(owner=people.dag, name="Quiet ones")
    change = go(people, to_dag(people)).change
    assert SavedView.objects.get(pk=held.view.pk).name == "Quiet ones (2)"
    back_at_work(people)
    take_back(as_admin, change)
    assert SavedView.objects.get(pk=held.view.pk).name == "Quiet ones"


def test_a_name_that_is_in_use_by_now_is_not_taken_twice(people, held, as_admin):
    SavedView.objects.create(owner=people.dag, name="Quiet ones")
    change = go(people, to_dag(people)).change
    back_at_work(people)
    SavedView.objects.create(owner=people.leaver, name="Quiet ones")
    take_back(as_admin, change)
    view = SavedView.objects.get(pk=held.view.pk)
    assert (view.owner, view.name) == (people.leaver, "Quiet ones (2)")


def test_places_that_ended_with_them_come_back_too(people, held, as_admin):
    choices = chosen(rest_deputies="nobody", rest_absences=people.ola.pk)  # Ola stands in for nobody's self
    change = go(people, choices).change
    assert (User.objects.get(pk=held.covered.pk).deputy, Absence.objects.get().deputy) == (None, None)
    back_at_work(people)
    take_back(as_admin, change)
    assert User.objects.get(pk=held.covered.pk).deputy == people.leaver
    assert Absence.objects.get().deputy == people.leaver


def test_a_team_alone_can_be_taken_back(people, as_admin):
    team = make.make_team(people.leaver, name="South")
    done = go(people, chosen())
    assert Team.objects.get(pk=team.pk).manager == people.manager
    assert done.change.what == "What Kari Holm, who has left, held, to Mona Vik"
    there = reverse("accounts:bulk", args=[done.change.pk])
    back_at_work(people)
    assert reverse("accounts:bulk_undo", args=[done.change.pk]) in as_admin.get(there).content.decode()
    take_back(as_admin, done.change)
    assert Team.objects.get(pk=team.pk).manager == people.leaver


def test_who_manages_no_more_gets_no_team_back_but_the_rest(people, held, as_admin):
    change = go(people, to_dag(people)).change
    back_at_work(people)
    User.objects.filter(pk=people.leaver.pk).update(roles=["salesperson"])
    page = take_back(as_admin, change)
    assert "Kari Holm cannot have it back" in page
    assert Team.objects.get(pk=held.team.pk).manager == people.manager
    assert SavedView.objects.get(pk=held.view.pk).owner == people.leaver


def test_twice_is_once_and_says_so(people, held, as_admin):
    change = go(people, to_dag(people)).change
    back_at_work(people)
    take_back(as_admin, change)
    Team.objects.filter(pk=held.team.pk).update(manager=people.manager)
    assert "It has been taken back already." in take_back(as_admin, change)
    assert Team.objects.get(pk=held.team.pk).manager == people.manager


def test_after_a_day_it_stays(people, held, as_admin):
    change = go(people, to_dag(people)).change
    back_at_work(people)
    given = whose()
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
        as_admin.force_login(people.admin)
        assert "too late" in take_back(as_admin, change)
    assert whose() == given
    assert change.state == "done"


@pytest.mark.parametrize("who", ["leaver", "dag", "manager", "reader"])
def test_nobody_else_takes_it_back(people, held, client, who):
    change = go(people, to_dag(people)).change
    back_at_work(people)
    client.force_login(User.objects.get(pk=getattr(people, who).pk))
    assert client.post(reverse("accounts:bulk_undo", args=[change.pk])).status_code == 404
    change.refresh_from_db()
    assert change.state == "done"


def test_who_is_no_admin_any_more_gives_no_team_back(people, held, as_admin):
    change = go(people, to_dag(people)).change
    back_at_work(people)
    make.make_user("admin")
    User.objects.filter(pk=people.admin.pk).update(roles=["salesperson"])
    assert as_admin.post(reverse("accounts:bulk_undo", args=[change.pk])).status_code == 403
    assert Team.objects.get(pk=held.team.pk).manager == people.manager


def test_the_history_tells_each_step_once_and_nothing_of_the_machine(people, held, as_admin):
    change = go(people, to_dag(people)).change
    back_at_work(people)
    take_back(as_admin, change)
    said = {(one.before, one.after) for one in changes_of(change) if one.field == "State"}
    assert ("being taken back", "taken back") in said
    assert {one.field for one in changes_of(change)} <= {"State", "Rows total", "Finished at"}
    saves = change.events.filter(pgh_label="update").count()
    assert saves == len({one.event for one in changes_of(change)})


def test_somebody_who_comes_back_and_leaves_again_is_handed_over_again(people, held, as_admin):
    first = go(people, to_dag(people)).change
    back_at_work(people)
    take_back(as_admin, first)
    again = leave(
        people.admin, people.leaver, to_dag(people),
        leaving(people.admin, User.objects.get(pk=people.leaver.pk), to_dag(people)).token,
    ).change  # fmt: skip
    assert Team.objects.get(pk=held.team.pk).manager == people.manager
    assert again.pk != first.pk
    back_at_work(people)
    take_back(as_admin, again)
    assert Team.objects.get(pk=held.team.pk).manager == people.leaver


def test_the_engine_hears_of_places_that_come_back(people, held, monkeypatch):
    heard: set[int] = set()
    monkeypatch.setattr(facts, "_listeners", [lambda _accounts, users: heard.update(users)])
    change = go(people, to_dag(people, rest_deputies="nobody")).change
    assert {held.covered.pk, people.ola.pk} <= heard  # who has another deputy now, and whose absence has
    back_at_work(people)
    heard.clear()
    bulk.undo(people.admin, change)
    assert {held.covered.pk, people.ola.pk} <= heard


def test_much_is_given_on_and_taken_back_at_the_cost_of_little(people, held, monkeypatch):
    monkeypatch.setattr(facts, "_listeners", [])  # what the engine does has its own tests

    def cost() -> tuple[int, int]:
        choices = to_dag(people)
        seen = leaving(people.admin, User.objects.get(pk=people.leaver.pk), choices).token
        with CaptureQueriesContext(connection) as given:
            change = leave(people.admin, people.leaver, choices, seen).change
        back_at_work(people)
        with CaptureQueriesContext(connection) as back:
            bulk.undo(people.admin, change)
        assert set(change.rows.values_list("state", flat=True)) == {"undone"}
        return len(given), len(back)

    def more(n: int) -> None:
        for _ in range(n):
            make.make_team(people.leaver)
            make.make_user(deputy=people.leaver)
            make.make_concern(make.make_account(people.leaver), owner=people.leaver)
            make.make_concern(held.foreign, owner=people.leaver)

    more(2)
    cost()  # what ends with them ends once
    few = cost()
    more(10)
    assert cost() == few
