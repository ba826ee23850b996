"""A tier or slot is deleted at the very moment in which a colleague begins to use it: told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Tier
from accounts.services import pin_tier
from cadences import exceptions, plans, tiers
from cadences.exceptions import Wish
from cadences.models import Plan, PlanItem, Slot
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
CALL = {"anchor": "after_contact", "kind": "call", "qualifying": ["call"], "every": 9}


@pytest.fixture
def draft(people: Any) -> Plan:
    plans.seed()
    plans.start_plan(date(2026, 1, 5))
    return plans.draft_of(people.admin)


@pytest.fixture
def tier() -> Tier:
    return make.make_tier(9, name="Key")


@pytest.fixture
def slot(people: Any, draft: Plan) -> Slot:
    return plans.add_slot(people.admin, "Visit")


@contextmanager
def meanwhile(verb: Callable[[], Any]) -> Iterator[list[str]]:
    """``verb`` on a connection of its own, which the block's transaction holds up; what refused it."""
    refused: list[str] = []

    def work() -> None:
        try:
            verb()
        except ValidationError as error:
            refused.extend(error.messages)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            yield refused
            running = pool.submit(work)
            wait_until_it_waits()
        running.result(timeout=20)


def wait_until_it_waits() -> None:
    """Until another connection stands behind a lock of this one."""
    ours = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    for _ in range(2000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01)")
            cursor.execute(ours)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits: both would have gone on at once")


def users_of_tier(people: Any, draft: Plan, tier: Tier) -> dict[str, Callable[[], Any]]:
    """Every verb that begins to use a tier."""
    account = make.make_account(people.owner, tier=make.make_tier(8))
    call = Slot.objects.get(key="relationship-call")
    return {
        "cell": lambda: plans.set_cell(people.admin, draft, call, tier, CALL),
        "off": lambda: plans.switch_off_cell(people.admin, draft, call, tier),
        "pin": lambda: pin_tier(people.admin, account, tier, reason="Knows everybody"),
        "exception": lambda: exceptions.make_exception(
            people.admin, account, call, Wish("tier", "Knows everybody", as_tier=tier)
        ),
    }


@pytest.mark.parametrize("use", ["cell", "off", "pin", "exception"])
def test_whoever_uses_a_tier_that_is_being_deleted_is_told(people, draft, tier, use):
    verb = users_of_tier(people, draft, tier)[use]
    with meanwhile(verb) as refused:
        tiers.delete_tier(people.admin, tier)
    assert refused == ["A colleague has deleted the tier Key meanwhile. Choose another one."]
    assert not Tier.objects.filter(name="Key").exists()


@pytest.mark.parametrize(
    ("use", "words"),
    [("cell", "Draft 2 of the plan has contacts"), ("off", "Draft 2"), ("pin", "1 account is in Key"),
     ("exception", "1 exception serves")],
)  # fmt: skip
def test_whoever_deletes_a_tier_that_is_being_used_is_told(people, draft, tier, use, words):
    verb = users_of_tier(people, draft, tier)[use]
    with meanwhile(lambda: tiers.delete_tier(people.admin, tier)) as refused:
        verb()
    assert words in " ".join(refused)
    assert Tier.objects.filter(name="Key").exists()


def test_a_tier_is_deleted_once(people, draft, tier):
    with meanwhile(lambda: tiers.delete_tier(people.admin, tier)) as refused:
        tiers.delete_tier(people.admin, tier)
    assert refused == ["A colleague has deleted the tier Key meanwhile. Choose another one."]
    for late in (
        lambda: tiers.move_tier(people.admin, tier, up=True),
        lambda: tiers.save_tier(people.admin, tier, place=0, conditions=[], name="Key", match="all"),
    ):
        with pytest.raises(ValidationError, match="has deleted the tier Key"):
            late()


def test_a_cell_of_a_slot_that_is_being_deleted_is_refused_in_words(people, draft, slot):
    with meanwhile(lambda: plans.set_cell(people.admin, draft, slot, None, CALL)) as refused:
        plans.delete_slot(people.admin, slot)
    assert refused == ["A colleague has deleted the slot “Visit” meanwhile. Nothing was saved."]
    assert not PlanItem.objects.filter(slot_id=slot.pk).exists()


def test_a_slot_that_is_being_used_is_kept_in_words(people, draft, slot):
    with meanwhile(lambda: plans.delete_slot(people.admin, slot)) as refused:
        plans.set_cell(people.admin, draft, slot, None, CALL)
    assert "“Visit” is used by plan 2" in " ".join(refused)
    assert Slot.objects.filter(pk=slot.pk).exists()


def test_the_page_shows_it_beside_what_was_typed(people, draft, tier, slot, monkeypatch):
    """The tier goes between the page's reading and its writing."""
    client = Client()
    client.force_login(people.admin)
    address = reverse("plan:cell", args=[draft.pk, slot.pk, tier.pk])
    whole = plans.set_cell

    def late(*args: Any, **kwargs: Any) -> Any:
        Tier.objects.filter(pk=tier.pk).delete()
        return whole(*args, **kwargs)

    monkeypatch.setattr("cadences.plans.set_cell", late)
    typed = {"kind": "call", "anchor": "after_contact", "every": "7", "unit": "month", "tolerance_days": "5",
             "assignee": "owner", "minutes": "15", "qualifying": "call", "act": "save"}  # fmt: skip
    answer = client.post(address, typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "A colleague has deleted the tier Key meanwhile." in page
    assert 'value="7"' in page
