"""Two at the same wizard, and a double click on its undo: on real connections it happens once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import Account
from cadences.lists.bulk import services as bulk
from cadences.models import BulkChange
from imports.leaving.services import leave
from imports.leaving.shown import leaving
from tests import factories as make
from tests.imports.leaving.test_leaving import go, to_dag
from users import services
from users.models import Team, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def both(*verbs: Callable[[], object]) -> list[object]:
    """What each answers, or what it refuses with."""

    def one(verb: Callable[[], object]) -> object:
        try:
            return verb()
        except ValidationError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(one, verbs))


def test_two_admins_finish_the_same_wizard(people, held):
    other = make.make_user("admin", password="correct horse battery")
    choices = to_dag(people)
    seen = leaving(people.admin, people.leaver, choices).token
    answers = both(
        lambda: leave(people.admin, people.leaver, choices, seen),
        lambda: leave(other, people.leaver, choices, seen),
    )
    assert sum(isinstance(one, ValidationError) for one in answers) == 1
    assert BulkChange.objects.count() == 1
    assert not Account.objects.filter(owner=people.leaver).exists()


def test_who_takes_over_leaves_at_the_same_moment(people, held):
    """Whichever is first: nothing is given to somebody who is gone without being seen."""
    other = make.make_user("admin", password="correct horse battery")
    to, rest = to_dag(people), to_dag(people)
    seen = leaving(people.admin, people.leaver, to).token
    seen_too = leaving(other, people.dag, rest).token
    answers = both(
        lambda: leave(people.admin, people.leaver, to, seen),
        lambda: leave(other, people.dag, rest, seen_too),
    )
    assert sum(isinstance(one, ValidationError) for one in answers) == 1
    assert not Account.objects.filter(owner=people.dag, owner__is_active=False).exists()


def test_a_double_click_takes_back_once(people, held):
    change = go(people, to_dag(people)).change
    services.reactivate(people.admin, people.leaver)
    both(*[lambda: bulk.undo(people.admin, BulkChange.objects.get(pk=change.pk))] * 2)
    change.refresh_from_db()
    assert change.state == "undone"
    assert change.options["back"] == len(change.options["given"])
    assert Team.objects.get(pk=held.team.pk).manager == people.leaver
    assert User.objects.get(pk=held.covered.pk).deputy == people.leaver
