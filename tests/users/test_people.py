"""Creating, changing, deactivating and reactivating users, through the verbs and the pages."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from core import facts
from tests.factories import make_team, make_user
from tests.users.conftest import PASSWORD
from users import services
from users.models import Company, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """Ids of the users whose facts were said to have changed."""
    rung: list[set[int]] = []
    monkeypatch.setattr(facts, "_listeners", [lambda accounts, users: rung.append(set(users))])
    return rung


class TestEditing:
    def test_a_new_user_cannot_sign_in_and_keeps_tidy_fields(self, admin):
        user = services.create_user(
            admin, display_name=" Eva Lind ", email=" Eva@Tend.Example ", roles=["manager", "admin"]
        )
        assert user.email == "eva@tend.example"
        assert user.roles == ["manager", "admin"]
        assert not user.has_usable_password()

    def test_users_may_lack_an_email_and_several_do(self, admin):
        for name in ("A", "B"):
            services.create_user(admin, display_name=name, email="")
        assert User.objects.filter(email=None).count() == 2

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", "no address"),
            ("email", "ann@tend.example"),
            ("time_zone", "Mars/Olympus"),
            ("display_name", "  "),
            ("language", "x" * 30),
        ],
    )
    def test_a_wrong_field_is_named_and_nothing_changes(self, admin, salesperson, field, value):
        with pytest.raises(ValidationError) as refused:
            services.edit_user(admin, salesperson, **{field: value})
        assert list(refused.value.message_dict) == [field]
        salesperson.refresh_from_db()
        assert salesperson.display_name == "Sam Seller"

    def test_nobody_is_their_own_deputy(self, admin, salesperson):
        with pytest.raises(ValidationError) as refused:
            services.edit_user(admin, salesperson, deputy=salesperson)
        assert "deputy" in refused.value.message_dict

    def test_what_the_engine_reads_rings_the_bell_and_the_rest_does_not(self, admin, salesperson, bell):
        services.edit_user(admin, salesperson, job_title="Key accounts", roles=["reader"])
        assert bell == []
        services.edit_user(admin, salesperson, team=make_team())
        assert bell == [{salesperson.pk}]

    def test_only_admins_change_users(self, salesperson):
        other = make_user("manager")
        for verb in (
            lambda: services.edit_user(other, salesperson, roles=["admin"]),
            lambda: services.create_user(other, display_name="X"),
            lambda: services.deactivate(other, salesperson),
            lambda: services.reactivate(other, salesperson),
            lambda: services.invite(other, salesperson),
        ):
            with pytest.raises(PermissionDenied):
                verb()

    def test_a_role_that_is_taken_away_is_gone_with_the_next_request(self, admin):
        other = make_user("admin", password=PASSWORD)
        client = Client()
        client.force_login(other)
        assert client.get(reverse("users:list")).status_code == 200
        services.edit_user(admin, other, roles=["reader"])
        assert client.get(reverse("users:list")).status_code == 403

    def test_a_user_who_manages_a_team_keeps_the_role(self, admin):
        boss = make_user("manager")
        make_team(manager=boss, name="North")
        with pytest.raises(ValidationError, match="North"):
            services.edit_user(admin, boss, roles=["reader"])

    def test_two_admins_editing_different_fields_do_not_undo_each_other(self, as_admin, salesperson):
        shown = {"display_name": "Sam Seller", "email": salesperson.email, "roles": ["salesperson"]}
        shown |= {"time_zone": "UTC", "language": "en", "job_title": "", "department": ""}
        User.objects.filter(pk=salesperson.pk).update(department="Sales")
        as_admin.post(reverse("users:edit", args=[salesperson.pk]), shown | {"job_title": "Key accounts"})
        salesperson.refresh_from_db()
        assert salesperson.job_title == "Key accounts"

    def test_what_was_typed_stays_when_it_is_refused(self, as_admin, salesperson):
        typed = {
            "display_name": "Typed name",
            "email": "ann@tend.example",
            "time_zone": "UTC",
            "language": "en",
        }
        answer = as_admin.post(reverse("users:edit", args=[salesperson.pk]), typed)
        assert answer.status_code == 422
        assert b"Typed name" in answer.content
        assert answer.context["form"].errors.keys() == {"email"}


def test_a_new_company_lives_by_the_clock_of_the_settings(settings):
    settings.TIME_ZONE = "Europe/Oslo"
    Company.objects.all().delete()
    assert Company.get().time_zone == "Europe/Oslo"
    Company.objects.update(time_zone="Asia/Tokyo")
    assert Company.get().time_zone == "Asia/Tokyo"


class TestDeactivating:
    def test_it_ends_sessions_password_and_links_at_once(self, admin, salesperson):
        client = Client()
        client.force_login(salesperson)
        assert client.get(reverse("users:profile")).status_code == 200
        services.deactivate(admin, salesperson)
        assert client.get(reverse("users:profile")).status_code == 302
        assert not salesperson.sessions.exists()
        assert not client.login(email=salesperson.email, password=PASSWORD)
        salesperson.refresh_from_db()
        assert salesperson.deactivated_at

    def test_it_rolls_back_with_its_transaction(self, admin, salesperson, monkeypatch):
        client = Client()
        client.force_login(salesperson)
        monkeypatch.setattr(facts, "_listeners", [lambda *_: 1 / 0])
        with pytest.raises(ZeroDivisionError):
            services.deactivate(admin, salesperson)
        assert client.get(reverse("users:profile")).status_code == 200

    def test_the_engine_hears_of_it(self, admin, salesperson, bell):
        services.deactivate(admin, salesperson)
        services.reactivate(admin, salesperson)
        assert bell == [{salesperson.pk}, {salesperson.pk}]

    def test_nobody_deactivates_themself(self, admin, as_admin):
        make_user("admin", password=PASSWORD)
        with pytest.raises(PermissionDenied):
            services.deactivate(admin, admin)
        assert as_admin.post(reverse("leaving:person", args=[admin.pk])).status_code == 403
        assert User.objects.get(pk=admin.pk).is_active

    def test_the_last_admin_stays_one(self, admin):
        make_user("admin")  # never invited: cannot sign in, so does not count
        make_user("admin", password=PASSWORD, is_active=False)
        for verb in (
            lambda: services.deactivate(None, admin),
            lambda: services.edit_user(admin, admin, roles=["manager"]),
            lambda: services.edit_user(admin, admin, email=""),
        ):
            with pytest.raises(ValidationError, match="last admin"):
                verb()

    def test_a_reactivated_user_needs_a_new_password(self, admin, salesperson):
        services.deactivate(admin, salesperson)
        user = services.reactivate(admin, salesperson)
        assert user.is_active
        assert user.deactivated_at is None
        assert not user.has_usable_password()


class TestList:
    @pytest.fixture
    def people(self, admin) -> None:
        make_user("reader", display_name="Åse Ødegård", email=None, department="Service", password=None)
        make_user("manager", display_name="Bo Berg", is_active=False, password=PASSWORD)
        make_user("salesperson", display_name="Cleo Case", email="cleo@tend.example", password=PASSWORD)

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("q=ase+odegard", ["Åse Ødegård"]),
            ("q=CLEO%40", ["Cleo Case"]),
            ("q=service", ["Åse Ødegård"]),
            ("state=uninvited", ["Åse Ødegård"]),
            ("state=deactivated", ["Bo Berg"]),
            ("state=active", ["Ann Admin", "Cleo Case"]),
            ("role=manager", ["Bo Berg"]),
            ("team=%C2%B2&q=%00", ["Ann Admin", "Bo Berg", "Cleo Case", "Åse Ødegård"]),
            ("role=nonsense&team=x&state=y", ["Ann Admin", "Bo Berg", "Cleo Case", "Åse Ødegård"]),
            ("q=nobody", []),
        ],
    )
    def test_finding(self, as_admin, people, query, names):
        page = as_admin.get(f"{reverse('users:list')}?{query}")
        assert sorted(user.display_name for user in page.context["page"].rows) == sorted(names)

    def test_names_sort_as_people_read_them(self, as_admin, people):
        rows = as_admin.get(reverse("users:list")).context["page"].rows
        assert [user.display_name for user in rows] == ["Ann Admin", "Åse Ødegård", "Bo Berg", "Cleo Case"]

    def test_two_and_twenty_users_cost_the_same(self, as_admin, django_assert_num_queries):
        team = make_team(manager=make_user("manager"))
        make_user(team=team, deputy=make_user())
        as_admin.get(reverse("users:list"))
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as few:
            as_admin.get(reverse("users:list"))
        for _ in range(20):
            make_user(team=team, deputy=make_user())
        with django_assert_num_queries(len(few)):
            as_admin.get(reverse("users:list"))
