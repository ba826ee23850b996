"""What has nobody responsible is found, says why, and is given to somebody at a click; then it reads 0."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from cadences.models import Appointment, Touchpoint
from contacts.models import Commitment, Concern
from core import facts
from imports.leaving import giving, nobody
from tests import factories as make
from tests.imports.leaving.conftest import TODAY, on
from users.models import Team
from users.services import deactivate, edit_user


@pytest.fixture
def left(people, held):
    """Deactivated without handing anything over, as a command may do; their team has a member."""
    make.make_user(display_name="Siri Moe", team=held.team)
    Account.objects.filter(owner=people.leaver).update(status="customer", became_customer_on=TODAY)
    deactivate(None, people.leaver)
    return held


def counts(user) -> dict[str, int]:
    return {gap.key: gap.rows(user).count() for gap in nobody.GAPS}


ALL = {"accounts": 2, "touchpoints": 2, "concerns": 2, "promises": 2, "meetings": 2, "teams": 1}


def test_nothing_is_missing_while_everybody_is_there(people, held):
    assert set(counts(people.admin).values()) == {0}


def test_everything_that_was_left_is_found(people, left):
    assert counts(people.admin) == ALL


def test_each_is_given_to_somebody_until_it_reads_0(people, left):
    for gap in nobody.GAPS:
        to = people.manager if gap.key == "teams" else people.dag
        while (row := gap.rows(people.admin).first()) is not None:
            giving.give(people.admin, gap, row.pk, to)
    assert set(counts(people.admin).values()) == {0}
    assert set(Account.objects.filter(name__startswith="Account").values_list("owner", flat=True)) == {
        people.dag.pk
    }
    assert Team.objects.get(pk=left.team.pk).manager == people.manager


def test_an_account_takes_along_what_its_owner_left(people, left):
    account = left.accounts[0]
    giving.give(people.manager, nobody.BY_NAME["accounts"], account.pk, people.dag)
    assert Concern.objects.get(account=account).owner == people.dag
    assert Touchpoint.objects.get(account=account, kind="todo").assignee == people.dag
    assert counts(people.admin) == {key: n - 1 for key, n in ALL.items()} | {"teams": 1}


def test_all_at_once_to_the_owners_of_the_accounts(people, left):
    for key in ("touchpoints", "concerns", "promises", "meetings"):
        given = giving.give_all(people.admin, nobody.BY_NAME[key])
        assert given.done == 1
        (words,) = given.left
        assert words.startswith("1 hangs on an account without an owner")
    assert Commitment.objects.get(account=left.foreign).user == people.ola
    assert Appointment.objects.filter(account=left.foreign).exclude(host=people.ola).count() == 0


def test_an_owner_who_lost_the_role_is_nobody(people, held):
    edit_user(None, people.ola, roles=["reader"])
    (row,) = nobody.BY_NAME["accounts"].rows(people.admin)
    assert row == held.foreign
    assert nobody.why(nobody.BY_NAME["accounts"], row) == "Ola Berg has not the role for it."


def test_managers_see_what_they_may_give(people, held):
    """Ola's account is another team's until nobody there may own it; then an admin's and that team's."""
    elsewhere = make.make_user("manager")
    edit_user(None, people.ola, team=make.make_team(elsewhere), roles=["reader"])
    for who, count in ((people.admin, 1), (elsewhere, 1), (people.manager, 0)):
        assert nobody.BY_NAME["accounts"].rows(who).count() == count
    assert counts(people.manager)["teams"] == 0  # teams are for admins


def test_prospects_that_nobody_took_are_in_order_and_counted_apart(people, held):
    make.make_account(None)
    assert counts(people.admin)["accounts"] == 0
    assert nobody.untaken(people.admin) == 1


def test_what_the_plan_owes_waits_for_the_owner_of_its_account(people, left):
    make.make_touchpoint(left.accounts[0], None, TODAY)
    assert counts(people.admin)["touchpoints"] == 2
    assert nobody.waiting_for_owners(people.admin) == 1


def test_who_cannot_own_gets_no_account_and_what_was_given_stays(people, left):
    gap = nobody.BY_NAME["accounts"]
    with pytest.raises(ValidationError, match="cannot take it"):
        giving.give(people.admin, gap, left.accounts[0].pk, people.reader)
    giving.give(people.admin, gap, left.accounts[0].pk, people.dag)
    with pytest.raises(ValidationError, match="by now"):
        giving.give(people.manager, gap, left.accounts[0].pk, people.ola)
    assert Account.objects.get(pk=left.accounts[0].pk).owner == people.dag


@pytest.mark.parametrize("key", ["promises", "meetings", "touchpoints"])
def test_what_a_customer_waits_for_is_given_to_nobody_who_only_reads(people, left, key):
    gap = nobody.BY_NAME[key]
    row = gap.rows(people.admin).filter(account=left.foreign).get()
    with pytest.raises(ValidationError, match="Jon Desk cannot take it"):
        giving.give(people.admin, gap, row.pk, people.reader)


def test_a_concern_is_anybodys_of_any_department(people, left):
    concern = Concern.objects.get(account=left.foreign)
    giving.give(people.admin, nobody.BY_NAME["concerns"], concern.pk, people.reader)
    assert Concern.objects.get(pk=concern.pk).owner == people.reader


def test_what_the_plan_gives_to_nobody_is_told(people, held, monkeypatch):
    """The plan wants a manager for it, and there is none: as the engine would, nobody gets it."""
    row = make.make_touchpoint(held.foreign, None, TODAY)
    gone = lambda _accounts, _users: Touchpoint.objects.filter(pk=row.pk).update(assignee=None)  # noqa: E731
    monkeypatch.setattr(facts, "_listeners", [gone])
    given = giving.give_all(people.admin, nobody.BY_NAME["touchpoints"])
    assert given.done == 0
    assert given.left == ("The plan gives 1 to a manager or deputy whom nobody has named: name one first.",)


def test_the_engine_hears_that_a_team_has_a_manager(people, left, monkeypatch):
    heard: set[int] = set()
    monkeypatch.setattr(facts, "_listeners", [lambda _accounts, users: heard.update(users)])
    giving.give(people.admin, nobody.BY_NAME["teams"], left.team.pk, people.manager)
    assert heard == set(left.team.members.values_list("pk", flat=True))


@pytest.mark.parametrize("key", ["touchpoints", "concerns", "promises"])
def test_much_is_given_at_the_cost_of_little(people, held, key):
    def cost(n: int) -> int:
        gone = make.make_user(is_active=False)
        for _ in range(n):
            account = make.make_account(people.dag)
            make.make_concern(account, owner=gone)
            make.make_promise(account, gone, TODAY)
            make.make_touchpoint(account, gone, TODAY, kind="todo", anchor="agreed", basis="todo")
        with CaptureQueriesContext(connection) as asked:
            assert giving.give_all(people.admin, nobody.BY_NAME[key]) == giving.Given(n)
        return len(asked)

    assert cost(2) == cost(20)


@pytest.mark.parametrize("who", ["dag", "reader"])
def test_others_give_nothing(people, left, who):
    with pytest.raises(PermissionDenied):
        giving.give(getattr(people, who), nobody.BY_NAME["accounts"], left.accounts[0].pk, people.dag)


def test_the_page_says_why_and_gives_at_a_click(people, left, as_admin: Client):
    page = as_admin.get(reverse("leaving:nobody")).content.decode()
    assert "Kari Holm does not work here any more." in page
    concern = Concern.objects.get(account=left.foreign)
    there = reverse("leaving:give", args=["concerns", concern.pk])
    assert as_admin.post(there, {"to": people.ola.pk}).status_code == 302
    concern.refresh_from_db()
    assert concern.owner == people.ola
    assert as_admin.post(there, {"to": "nonsense"}).status_code == 302
    assert as_admin.post(reverse("leaving:give_all", args=["nonsense"])).status_code == 404
    said = as_admin.post(reverse("leaving:give_all", args=["promises"]), follow=True).content.decode()
    assert "1 is with the owner of its account now." in said
    assert "1 hangs on an account without an owner who could take it: give that account first." in said
    assert Commitment.objects.get(account=left.foreign).user == people.ola


@pytest.mark.parametrize("sort", [gap.key for gap in nobody.GAPS])
def test_2_and_20_rows_cost_the_same(people, held, as_admin, django_assert_num_queries, sort):
    there = f"{reverse('leaving:nobody')}?sort={sort}"

    def more(n: int) -> None:
        for _ in range(n):
            gone = make.make_user(is_active=False, team=people.team)
            account = make.make_account(gone, status="customer")
            make.make_concern(account, owner=gone)
            make.make_promise(account, gone, TODAY)
            make.make_touchpoint(account, gone, TODAY, kind="todo", anchor="agreed", basis="todo")
            make.make_appointment(account, gone, on(7, 10))
            make.make_user(team=make.make_team(gone))

    more(2)
    as_admin.get(there)
    with CaptureQueriesContext(connection) as few:
        as_admin.get(there)
    more(18)
    with django_assert_num_queries(len(few)):
        as_admin.get(there)
