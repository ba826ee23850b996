"""The rules of writing, cell by cell, in all their three forms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from accounts.models import Account
from tests.factories import make_absence, make_account, make_team, make_user
from users import access
from users.models import User

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _monday() -> object:
    with time_machine.travel("2026-11-23 10:00+00:00", tick=False):
        yield


@pytest.fixture
def team() -> dict[str, User | None]:
    """One owner, and everybody in some relation to them."""
    boss = make_user("manager")
    owner = make_user(team=make_team(manager=boss))
    standing, covering, covered_last_week, covers_next_week = (make_user() for _ in range(4))
    owner.deputy = standing
    owner.save()
    make_absence(owner, TODAY, TODAY, deputy=covering)
    make_absence(owner, TODAY - timedelta(9), TODAY - timedelta(1), deputy=covered_last_week)
    make_absence(owner, TODAY + timedelta(1), TODAY + timedelta(9), deputy=covers_next_week)
    former_boss = make_user("salesperson", "reader")
    make_user(team=make_team(manager=former_boss))
    return {
        "owner": owner,
        "standing deputy": standing,
        "deputy of today's absence": covering,
        "deputy of a past absence": covered_last_week,
        "deputy of a coming absence": covers_next_week,
        "manager of the team": boss,
        "colleague of the team": make_user(team=owner.team),
        "stranger": make_user(),
        "manager of another team": make_team(manager=make_user("manager")).manager,
        "manager of no team": make_user("manager"),
        "reader": make_user("reader"),
        "admin": make_user("admin"),
        "deactivated deputy": make_user(is_active=False),
    }


OWNER_SIDE = {"owner", "standing deputy", "deputy of today's absence", "manager of the team"}


def cells(actors: dict[str, User], account: Account) -> dict[str, tuple[bool, bool]]:
    """actor -> (may edit, is owner's side); the set-based and the single form must agree."""
    found = {}
    for name, user in actors.items():
        by_set = Account.objects.filter(access.owned_side(user)).filter(pk=account.pk).exists()
        assert by_set == access.may_edit_owned_by(user, account.owner), name
        found[name] = (by_set, access.is_owner_side(user, account.owner))
    return found


def test_an_owned_account_is_written_by_who_acts_for_the_owner_and_by_admins(team):
    found = cells(team, make_account(team["owner"]))
    assert {name for name, (edit, _side) in found.items() if edit} == OWNER_SIDE | {"admin"}
    assert {name for name, (_edit, side) in found.items() if side} == OWNER_SIDE


@pytest.mark.parametrize("gone", [None, "deactivated"])
def test_without_an_active_owner_every_manager_may(team, gone):
    owner = make_user(is_active=False) if gone else None
    found = cells(team, make_account(owner))
    managers = {"manager of the team", "manager of another team", "manager of no team"}
    assert {name for name, (edit, _side) in found.items() if edit} == managers | {"admin"}
    assert {name for name, (_edit, side) in found.items() if side} == managers


def test_a_deactivated_owner_and_deputy_may_nothing_and_their_team_manager_still_may(team):
    owner = team["owner"]
    account = make_account(owner)
    User.objects.filter(pk__in=[owner.pk, team["standing deputy"].pk]).update(is_active=False)
    account.refresh_from_db()
    actors = {name: User.objects.get(pk=user.pk) for name, user in team.items()}
    found = cells(actors, account)
    assert not found["owner"][0]
    assert not found["standing deputy"][0]
    assert found["manager of the team"][0]


def test_who_manages_a_team_needs_the_role_too(team):
    boss = team["manager of the team"]
    boss.roles = ["salesperson"]
    boss.save()
    assert not access.may_edit_owned_by(boss, team["owner"])
    assert not access.is_owner_side(boss, team["owner"])


def test_the_last_day_of_an_absence_is_that_of_the_deputys_place(team):
    deputy = team["deputy of today's absence"]
    with time_machine.travel("2026-11-23 23:30+00:00", tick=False):
        assert access.may_edit_owned_by(deputy, team["owner"])
        deputy.time_zone = "Asia/Tokyo"  # already Tuesday there
        deputy.save()
        assert not access.may_edit_owned_by(deputy, team["owner"])


def test_a_deactivated_admin_may_nothing():
    admin = make_user("admin", "manager", is_active=False)
    assert not access.may_edit_owned_by(admin, None)
    assert not access.may_edit_owned_by(admin, admin)
    assert not Account.objects.filter(access.owned_side(admin)).exists()
    with pytest.raises(PermissionDenied):
        access.require_admin(admin)
    with pytest.raises(PermissionDenied):
        access.require_active(admin)


def test_the_set_form_keeps_its_meaning_when_combined():
    admin, account = make_user("admin"), make_account()
    nothing = Account.objects.none().values("pk")
    for combined in (access.owned_side(admin), ~~access.owned_side(admin)):
        assert Account.objects.filter(combined).filter(pk=account.pk).exists()
    from django.db.models import Q

    assert Account.objects.filter(access.owned_side(admin) | Q(pk__in=nothing)).exists()
