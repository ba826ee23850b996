"""The command palette offers what the user may use, and nothing else."""

import pytest
from django.urls import reverse

from cadences.lists.commands import _PAGES
from cadences.models import SavedView
from tests.access.matrix import BY_NAME
from tests.factories import make_account

pytestmark = pytest.mark.django_db
COMMANDS = reverse("accounts:commands")
ACTORS = {"kari": "owner", "manager": "manager", "admin": "admin", "reader": "reader"}


def offered(browse, user, at="/"):
    return browse(user, COMMANDS, {"at": at}).json()["commands"]


@pytest.mark.parametrize("person", ACTORS)
def test_pages_are_those_that_the_user_may_see(browse, people, person):
    """The table of access decides: what it allows is offered, what it refuses is not."""
    addresses = {one["address"] for one in offered(browse, getattr(people, person))}
    for page in _PAGES:
        may = ACTORS[person] in BY_NAME[page.name].allowed["GET"]
        assert (reverse(page.name) in addresses) == may, page.name


def test_verbs_of_the_account_one_looks_at(browse, people):
    acme = make_account(people.kari, name="Acme", status="customer")
    at = reverse("accounts:detail", args=[acme.pk])
    mine = {one["label"]: one for one in offered(browse, people.kari, at) if one["group"] == "Acme"}
    assert {"Log a contact", "Edit the account", "Pause", "Put into my book"} <= set(mine)
    assert "Change the owner" not in mine
    assert (mine["Log a contact"]["sheet"], mine["Log a contact"]["keys"]) == (True, "l")
    assert mine["Put into my book"]["post"] == {"in_book": "1"}
    readers = {one["label"] for one in offered(browse, people.reader, at) if one["group"] == "Acme"}
    assert "Log a contact" in readers
    assert "Edit the account" not in readers
    leads = {one["label"] for one in offered(browse, people.manager, at) if one["group"] == "Acme"}
    assert "Change the owner" in leads


def test_every_verb_leads_where_it_may_be_used(client, browse, people):
    acme = make_account(people.kari, name="Acme", status="customer", paused_from="2026-11-01",
                        paused_until="2026-12-24", pause_reason="Holiday")  # fmt: skip
    for one in offered(browse, people.manager, reverse("accounts:detail", args=[acme.pk])):
        if one.get("is_post"):
            assert client.post(one["address"], one.get("post", {})).status_code < 400, one
        else:
            assert client.get(one["address"]).status_code in (200, 302), one


def test_views_are_commands_too(browse, people):
    SavedView.objects.create(owner=people.bo, name="Bo's own")
    SavedView.objects.create(owner=people.bo, name="For all", is_shared=True, query="owner=all")
    assert [one["label"] for one in offered(browse, people.kari) if one["group"] == "Views"] == ["For all"]


@pytest.mark.parametrize("at", ["", "/nowhere/", "/accounts/99999999/", "//evil.example/", "/accounts/"])
def test_elsewhere_there_are_only_pages(browse, people, at):
    assert {one["group"] for one in offered(browse, people.kari, at)} == {"Go to"}
