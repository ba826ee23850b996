"""A running plan with a few customers, and a draft that asks for more, on Tuesday 24 November 2026."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from cadences import plans
from cadences.models import Plan
from cadences.reconcile import reconcile
from tests import factories as make
from tests.cadences.engine.seeded import customer

TODAY = date(2026, 11, 24)


@pytest.fixture
def company(people: SimpleNamespace) -> SimpleNamespace:
    """The people; ``accounts`` of three tiers; a draft in which a small account is called twice as often."""
    plans.seed()
    plans.start_plan(date(2026, 1, 1))
    make.make_schedule(is_on=True)
    people.accounts = [
        customer(people.owner, date(2026, 3, 2), "Small", name="Acme Machining"),
        customer(people.owner, date(2026, 5, 4), "Large", name="Borg & Co"),
        customer(people.colleague, date(2026, 11, 20), "Medium", name="Fjord Kraft"),
        customer(None, date(2026, 6, 1), "Small", name="Without owner"),
    ]
    reconcile(None, TODAY)
    people.running = Plan.objects.get(state="running")
    people.draft = plans.draft_of(people.admin, None)
    call = people.draft.items.filter(anchor="after_contact", tier__name="Small").get()
    call.every, call.unit = 1, "month"
    call.save()
    return people


@pytest.fixture
def page(company: SimpleNamespace, client: Any) -> Any:
    """The page of the draft's simulation, as somebody sees it; ``post`` asks for one first, ``on`` a day."""

    def look(user: Any = None, *, post: bool = False, on: str = "", query: str = "", **headers: Any) -> Any:
        client.force_login(user or company.admin)
        if post:
            answer = client.post(reverse("simulation:start", args=[company.draft.pk]), {"on": on})
            if answer.status_code == 422:
                return answer
        return client.get(reverse("simulation:detail", args=[company.draft.pk]) + query, **headers)

    return look


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\xa0", " ").replace("&#x27;", "'").split())
