"""What is deleted and restored is what it was, in every table."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from contacts.models import Commitment, Concern, Contact, Expectation, Interaction
from imports.bin.kinds import KINDS
from imports.bin.rules import RULES, Rule, key_of, keys_to
from imports.bin.services import put_in, restore
from imports.models import BinRow, BinUnit
from tests.imports.bin.world import World, snapshot

pytestmark = pytest.mark.django_db


def record(world: World, slug: str) -> object:
    rows = {
        "account": Account.objects.filter(pk=world.account.pk),
        "contact": Contact.objects.filter(pk=world.eva.pk),
        "interaction": Interaction.objects.filter(pk=world.talk.pk),
        "concern": Concern.objects.filter(account=world.account),
        "promise": Commitment.objects.filter(account=world.account),
        "expectation": Expectation.objects.filter(account=world.account),
        "purchase": world.account.purchases.all(),
    }
    return rows[slug].get()


def test_every_key_to_what_can_be_deleted_has_a_rule():
    """A new model that points at an account, or at anything that goes with it, says what becomes of it."""
    waiting, named = [kind.model for kind in KINDS.values()], {}
    for model in waiting:  # grows on the way
        for key in keys_to(model):
            named[key_of(key)] = key
            if RULES.get(key_of(key)) is Rule.ALONG and key.model not in waiting:
                waiting.append(key.model)
    missing = sorted(set(named) - set(RULES))
    assert not missing, f"say in imports/bin/rules.py what becomes of {missing}"
    assert not set(RULES) - set(named), "rules for keys that are none"
    assert all(named[key].null for key, rule in RULES.items() if rule is Rule.LOOSENED)


def differing(before: dict[str, list[str]]) -> dict[str, tuple[set[str], set[str]]]:
    """Rows that were there before and are not now, and the other way round, by table."""
    after = snapshot()
    return {
        name: (set(before[name]) - set(after[name]), set(after[name]) - set(before[name]))
        for name in before
        if before[name] != after[name] and name != "correspondence_message"  # what waited stays unsent
    }


@pytest.mark.parametrize("slug", list(KINDS))
def test_restored_is_as_it_was(world, slug):
    before = snapshot()
    unit = put_in(world.manager, KINDS[slug], record(world, slug), "A test")
    connection.check_constraints()
    assert not KINDS[slug].model._base_manager.filter(pk=unit.object_id).exists()
    during = snapshot()
    assert during != before

    restore(world.manager, unit)
    connection.check_constraints()
    assert not differing(before)
    assert not BinUnit.objects.exists()
    assert not BinRow.objects.exists()


@settings(
    max_examples=4,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.permutations([slug for slug in KINDS if slug != "account"]), data=st.data())
def test_whatever_is_deleted_one_after_the_other_is_as_it_was(world, order, data):
    """Any records in any order, restored from the last to the first; in another order nothing is missing."""
    chosen = data.draw(st.lists(st.sampled_from(order), min_size=2, max_size=5, unique=True))
    whole = data.draw(st.booleans())
    with transaction.atomic():
        before = snapshot()
        slugs = [*chosen, "account"] if whole else chosen
        units = [put_in(world.manager, KINDS[slug], record(world, slug), "A test") for slug in slugs]
        with transaction.atomic():
            for unit in reversed(units):
                restore(world.manager, unit)
            connection.check_constraints()
            assert not differing(before)
            transaction.set_rollback(True)
        for unit in sorted(units, key=lambda one: (one.kind != "account", one.pk)):
            restore(world.manager, unit)
        connection.check_constraints()
        assert all(len(rows) >= len(before[name]) for name, rows in snapshot().items())
        transaction.set_rollback(True)
