"""What the wizard says where there is little to ask: somebody who left before, what nobody is chosen for."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Account
from correspondence.models import Piece
from imports.leaving.shown import leaving
from tests import factories as make
from tests.imports.leaving.test_leaving import step, to_dag
from users import services
from users.models import Team


def page_of(client, person, **sent) -> str:
    return step(client, person, **sent).content.decode()


def test_who_left_before_is_handed_over_from_their_page(people, held, as_admin):
    services.deactivate(people.admin, people.leaver)
    there = reverse("leaving:person", args=[people.leaver.pk])
    assert there in as_admin.get(reverse("users:edit", args=[people.leaver.pk])).content.decode()
    last = step(as_admin, people.leaver, to=people.dag.pk, step="confirm")
    text = last.content.decode()
    assert "Hand over and deactivate" not in text
    assert "They are signed out everywhere" not in text
    seen = last.context["shown"].token
    sent = {"to": people.dag.pk, "act": "leave", "seen": seen}
    done = as_admin.post(there, sent, follow=True).content.decode()
    assert "What Kari Holm still had has been handed over." in done
    assert not Account.objects.filter(owner=people.leaver).exists()


def test_with_nothing_left_there_is_nothing_to_confirm(people, as_admin):
    Team.objects.filter(manager=people.leaver).delete()
    services.deactivate(people.admin, people.leaver)
    text = as_admin.get(reverse("leaving:person", args=[people.leaver.pk])).content.decode()
    assert "Nothing is theirs any more" in text
    assert 'value="leave"' not in text


def test_what_nobody_is_chosen_for_is_said_where_it_will_stand(people, held, as_admin):
    """A draft does not stand under what has nobody responsible; it waits on the page of who left."""
    nobody = {f"rest-{key}": "nobody" for key in ("pieces", "teams", "views", "mailings", "sent_mailings")}
    last = step(as_admin, people.leaver, step="confirm", **nobody)
    found, waiting = last.context["shown"].found, last.context["shown"].waiting
    assert {part.sort.key for part in found} == {"teams", "todos", "promises", "concerns", "meetings"}
    assert {part.sort.key for part in waiting} == {"pieces", "views", "mailings", "sent_mailings"}
    assert "It can be handed over from their page at any time." in last.content.decode()
    step(as_admin, people.leaver, act="leave", seen=last.context["shown"].token, **nobody)
    assert set(Piece.objects.values_list("sender", flat=True)) == {people.leaver.pk}
    assert not leaving(people.admin, people.leaver, to_dag(people)).holds_nothing


def test_the_only_manager_leaves(people, held, as_admin):
    """Nobody can have their teams: these stand under what has nobody responsible, and the rest goes on."""
    Team.objects.filter(manager=people.manager).update(manager=people.leaver)
    services.deactivate(people.admin, people.manager)
    last = step(as_admin, people.leaver, to=people.dag.pk, step="confirm")
    assert [part.sort.key for part in last.context["shown"].found] == ["teams"]
    step(as_admin, people.leaver, to=people.dag.pk, act="leave", seen=last.context["shown"].token)
    page = as_admin.get(f"{reverse('leaving:nobody')}?sort=teams").content.decode()
    assert "North" in page
    assert "Kari Holm does not work here any more." in page
    assert not Account.objects.filter(owner=people.leaver).exists()


def test_nothing_waits_with_a_manager_who_leaves(people, held, as_admin):
    words = "and what falls due waits under Unassigned with"
    assert words in page_of(as_admin, people.leaver, step="accounts")
    services.edit_team(people.admin, people.team, manager=people.leaver)
    assert words not in page_of(as_admin, people.leaver, step="accounts")
    gone = make.make_user("manager", is_active=False)
    Team.objects.filter(pk=people.team.pk).update(manager=gone)
    assert words not in page_of(as_admin, people.leaver, step="accounts")
