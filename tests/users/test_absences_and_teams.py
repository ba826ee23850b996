"""Absences and teams: who plans them, what is refused, and that the engine hears of it."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import facts
from tests.factories import make_absence, make_team, make_user
from users import services
from users.models import Absence, Team, User

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 5)


@pytest.fixture(autouse=True)
def _before() -> object:
    with time_machine.travel("2026-11-23 10:00+00:00", tick=False):
        yield


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    rung: list[set[int]] = []
    monkeypatch.setattr(facts, "_listeners", [lambda accounts, users: rung.append(set(users))])
    return rung


class TestAbsences:
    def test_managers_plan_their_teams_and_admins_everybodys(self, admin, salesperson):
        boss, stranger = make_user("manager"), make_user("manager")
        salesperson.team = make_team(manager=boss)
        salesperson.save()
        for by, allowed in ((boss, True), (admin, True), (salesperson, True), (stranger, False)):
            assert services.may_plan_absences_of(by, salesperson) == allowed
            planned = User.objects.with_absences_planned_by(by).filter(pk=salesperson.pk)
            assert planned.exists() == allowed
        with pytest.raises(PermissionDenied):
            services.add_absence(stranger, salesperson, starts_on=FIRST, ends_on=LAST)
        with pytest.raises(PermissionDenied):
            services.remove_absence(stranger, make_absence(salesperson, FIRST, LAST))

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"ends_on": date(2026, 11, 30)}, "ends_on"),
            ({"ends_on": date(2029, 1, 1)}, "ends_on"),  # eight hundred days
            ({"starts_on": date(2036, 12, 1), "ends_on": date(2036, 12, 2)}, "starts_on"),
            ({"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 22)}, "ends_on"),  # over
            ({"deputy": "self"}, "deputy"),
            ({"deputy": "gone"}, "deputy"),
            ({"starts_on": date(2026, 12, 24), "ends_on": date(2026, 12, 24)}, "starts_on"),
            ({"reason": "x" * 200}, "reason"),
        ],
    )
    def test_what_is_wrong_is_named(self, salesperson, fields, wrong):
        make_absence(salesperson, date(2026, 12, 24), date(2027, 1, 2))
        people = {"self": salesperson, "gone": make_user(is_active=False)}
        if "deputy" in fields:
            fields = {"deputy": people[fields["deputy"]]}
        with pytest.raises(ValidationError) as refused:
            services.add_absence(salesperson, salesperson, **{"starts_on": FIRST, "ends_on": LAST, **fields})
        assert list(refused.value.message_dict) == [wrong]
        assert Absence.objects.count() == 1

    def test_the_database_refuses_it_too(self, salesperson):
        for fields in ({"starts_on": LAST, "ends_on": FIRST}, {"starts_on": FIRST, "deputy": salesperson}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Absence.objects.create(**{"user": salesperson, "ends_on": LAST, **fields})


class TestTeams:
    def test_an_admin_makes_changes_and_deletes_one(self, as_admin, bell):
        boss, other = make_user("manager"), make_user("manager")
        as_admin.post(reverse("users:create_team"), {"name": "North", "manager": boss.pk})
        team = Team.objects.get(name="North")
        member = make_user(team=team)
        as_admin.post(reverse("users:edit_team", args=[team.pk]), {"name": "North", "manager": other.pk})
        team.refresh_from_db()
        assert team.manager == other
        assert bell == [{member.pk}]
        as_admin.post(reverse("users:delete_team", args=[team.pk]))
        assert Team.objects.filter(pk=team.pk).exists()  # it has a member
        member.team = None
        member.save()
        as_admin.post(reverse("users:delete_team", args=[team.pk]))
        assert not Team.objects.filter(pk=team.pk).exists()

    def test_a_name_is_taken_once_and_a_manager_holds_the_role(self, as_admin, admin):
        make_team(name="North")
        taken = as_admin.post(reverse("users:create_team"), {"name": "North"})
        assert taken.status_code == 422
        assert "name" in taken.context["form"].errors
        with pytest.raises(ValidationError, match="manager"):
            services.create_team(admin, name="South", manager=make_user("salesperson"))

    def test_two_and_twenty_teams_cost_the_same(self, as_admin, django_assert_max_num_queries):
        for _ in range(20):
            make_user(team=make_team(manager=make_user("manager")))
        with django_assert_max_num_queries(6):
            as_admin.get(reverse("users:teams"))
