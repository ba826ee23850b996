"""Saved views: one's own, shared ones, and the one that opens first."""

import pytest
from django.urls import reverse

from cadences.models import DefaultView, SavedView
from tests.factories import make_account

pytestmark = pytest.mark.django_db
LIST = reverse("accounts:list")


@pytest.fixture
def shared(people):
    query = "owner=all&status=customer&sort=-tier"
    return SavedView.objects.create(owner=people.kari, name="Customers", is_shared=True, query=query)


@pytest.fixture
def private(people):
    return SavedView.objects.create(owner=people.kari, name="Mine", query="owner=me&concern=1")


def tabs(response):
    return [view.name for view in response.context["views"]]


def test_what_is_shown_is_kept_under_a_name(send, browse, people):
    make_account(people.kari, name="Acme", status="customer", became_customer_on="2026-01-01")
    make_account(people.kari, name="Borg")
    state = "owner=me&status=customer&sort=-tier&col=owner&at=xyz&nonsense=1"
    address = f"{reverse('accounts:view_create')}?{state}"
    response = send(people.kari, address, {"name": " My  customers "}, follow=True)
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("My customers", "owner=me&status=customer&sort=-tier&col=owner")
    assert [row.name for row in response.context["page"].rows] == ["Acme"]
    assert response.context["view"] == view
    assert not response.context["is_changed"]
    changed = browse(people.kari, f"{LIST}?owner=me&view={view.pk}")
    assert changed.context["is_changed"]


def test_a_shared_view_is_everybodys_and_a_private_one_its_makers(browse, people, shared, private):
    assert tabs(browse(people.kari, LIST)) == ["Customers", "Mine"]
    for colleague in (people.bo, people.stranger, people.manager, people.admin, people.reader):
        assert tabs(browse(colleague, LIST)) == ["Customers"]


def test_a_private_view_of_somebody_else_does_not_exist(send, browse, people, private):
    for somebody in (people.bo, people.manager, people.admin):
        assert browse(somebody, reverse("accounts:view_edit", args=[private.pk])).status_code == 404
        for verb in ("update", "delete", "open"):
            assert send(somebody, reverse(f"accounts:view_{verb}", args=[private.pk])).status_code == 404
    assert SavedView.objects.get() == private


def test_a_shared_view_is_changed_by_its_maker_and_by_admins(send, people, shared):
    address = reverse("accounts:view_edit", args=[shared.pk])
    for somebody in (people.bo, people.manager, people.reader):
        assert send(somebody, address, {"name": "Ours", "is_shared": "on"}).status_code == 403
    for somebody in (people.kari, people.admin):
        send(somebody, address, {"name": f"By {somebody}", "is_shared": "on"})
        shared.refresh_from_db()
        assert shared.name == f"By {somebody}"
        assert shared.owner == people.kari


def test_the_list_opens_with_the_view_of_ones_choice(send, browse, people, shared):
    send(people.bo, reverse("accounts:view_open", args=[shared.pk]))
    assert browse(people.bo, LIST)["Location"] == f"{LIST}?{shared.query}&view={shared.pk}"
    assert browse(people.kari, LIST).status_code == 200
    assert browse(people.bo, f"{LIST}?owner=me").status_code == 200
    send(people.bo, reverse("accounts:view_open", args=[shared.pk]), {"off": "1"})
    assert browse(people.bo, LIST).status_code == 200


def test_a_view_that_is_no_longer_shared_opens_nobody_elses_list(send, people, shared):
    for user in (people.bo, people.kari):
        DefaultView.objects.create(user=user, view=shared)
    send(people.kari, reverse("accounts:view_edit", args=[shared.pk]), {"name": "Customers"})
    assert [row.user for row in DefaultView.objects.all()] == [people.kari]


def test_a_name_is_given_once_and_what_was_typed_stays(send, people, shared):
    response = send(people.kari, reverse("accounts:view_create") + "?owner=me", {"name": "Customers"})
    assert response.status_code == 422
    assert "There is a view of that name already" in response.content.decode()
    assert "Customers" in response.content.decode()
    send(people.bo, reverse("accounts:view_create") + "?owner=me", {"name": "Customers"})
    assert SavedView.objects.count() == 2


def test_a_view_takes_over_what_is_shown_now(send, people, shared):
    address = reverse("accounts:view_update", args=[shared.pk])
    send(people.kari, address, {"query": f"owner=team&view={shared.pk}"})
    shared.refresh_from_db()
    assert (shared.query, shared.is_shared) == ("owner=team", True)
