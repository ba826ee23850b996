"""Gifts and greetings of a year: whom, whether it can arrive, what it costs, what went, who said thanks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences.gifts import services
from cadences.models import Slot, Touchpoint
from cadences.nightly import run_night
from cadences.planned import night
from correspondence.models import Piece
from tests import factories as make

LIST = reverse("gifts:list")
TODAY = date(2026, 11, 24)  # where the tests of cadences stop the clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot(plan) -> Slot:
    return Slot.objects.get(key="summer-greeting")


@pytest.fixture
def owed(people, slot):
    """Customers to whom the summer greeting is due."""

    def made(owner=None, **fields):
        fields = {"street": "Havnegata 1", "postal_code": "0150", "city": "Oslo", "country": "NO"} | fields
        account = make.make_account(owner or people.owner, status="customer", **fields)
        make.make_contact(account, is_main=True)
        return make.make_touchpoint(
            account, account.owner, TODAY, slot, kind="gift", cycle="2026", anchor="calendar", basis="window",
            base_on=date(2026, 6, 2),
        )  # fmt: skip

    return made


@pytest.fixture
def see(client, people):
    client.force_login(people.owner)
    return lambda **data: client.get(LIST, data).content.decode()


def test_list_shows_whom_and_whether_it_can_arrive(owed, see):
    fine = owed(name="Acme Machining")
    gap = owed(name="Borg & Co", postal_code="", city="")
    html = see()
    assert fine.account.name in html
    assert "Eva Lind" in html
    assert "postal code, city" in html
    assert reverse("accounts:edit", args=[gap.account_id]) in html
    assert reverse("accounts:edit", args=[fine.account_id]) not in html


def test_tick_logs_the_gift_and_closes_what_was_owed(client, people, owed, slot):
    row = owed()
    services.set_budget(
        people.manager, 2026, slot, amount=Decimal(500), each=Decimal(20), what="A box of fruit"
    )
    client.force_login(people.owner)
    for _ in range(2):
        client.post(reverse("gifts:sent", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.closed_on, row.interaction.kind, row.interaction.summary) == (
        "done", TODAY, "gift", "A box of fruit"
    )  # fmt: skip
    assert row.account.interactions.count() == 1
    client.post(reverse("gifts:thanks", args=[row.pk]))
    assert row.gift.thanked_on == TODAY
    assert "thanked" in client.get(LIST).content.decode()


def test_budget_says_spent_planned_and_left_by_owner_and_in_all(client, people, owed, slot):
    colleague = make.make_user(team=people.owner.team, display_name="Jon Moe")
    services.set_budget(people.manager, 2026, slot, amount=Decimal(90), each=Decimal(20))
    first, second, _third = owed(), owed(), owed(colleague)
    services.describe(people.owner, second, what="Two boxes", cost=Decimal(45))
    services.tick_sent(people.owner, first)
    client.force_login(people.manager)
    html = " ".join(client.get(LIST, {"owner": "all"}).content.decode().split())
    assert "1 of 3 sent" in html
    page = client.get(LIST, {"owner": "all"}).context
    assert (page["total"].spent, page["total"].planned, page["total"].left) == (20, 65, 5)
    shares = {one.name: (one.rows, one.spent, one.planned, one.left) for one in page["owners"]}
    assert shares["Jon Moe"] == (1, 0, 20, 10)
    assert shares[people.owner.display_name] == (2, 20, 45, -5)


def test_only_managers_set_budgets(people, slot):
    with pytest.raises(PermissionDenied):
        services.set_budget(people.owner, 2026, slot, amount=Decimal(1))
    with pytest.raises(ValidationError) as refused:
        services.set_budget(people.manager, 2026, slot, amount=Decimal(-1))
    assert "amount" in refused.value.message_dict


@pytest.mark.parametrize(("year", "status"), [(2026, 200), (2027, 200), (99999999999, 404), (1999, 404)])
def test_budgets_are_of_years_that_can_be_meant(client, people, slot, year, status):
    client.force_login(people.manager)
    assert client.get(reverse("gifts:budget", args=[year, slot.pk])).status_code == status


def test_a_card_that_somebody_has_approved_is_posted_after_the_gift(people, owed):
    drafted, approved = owed(), owed()
    for row in (drafted, approved):
        make.make_piece(
            make.make_contact(row.account), people.owner, medium="letter", created_by=None,
            origin=f"touchpoint {row.pk}", state="draft" if row == drafted else "queued",
        )  # fmt: skip
    with time_machine.travel("2026-11-24 11:00", tick=False):
        Piece.objects.get(state="queued").save()  # as by whoever approves it
        services.tick_sent(people.owner, drafted)
        services.tick_sent(people.owner, approved)
    assert set(Piece.objects.values_list("origin", "state")) == {
        (None, "cancelled"), (f"touchpoint {approved.pk}", "queued")
    }  # fmt: skip


def test_thanks_come_after_the_gift(people, owed):
    with pytest.raises(ValidationError, match="has not been sent"):
        services.note_thanks(people.owner, owed())


def test_what_comes_later_is_shown_in_time_for_its_address(people, plan, see):
    """In January nothing is owed yet; the plan knows all the same."""
    with time_machine.travel("2026-01-10 09:00", tick=False):
        account = make.make_account(
            people.owner, name="Fjord Kraft", status="customer", became_customer_on=date(2025, 3, 1)
        )
        html = see(slot=Slot.objects.get(key="summer-greeting").pk)
    assert account.name in html
    assert "no main contact" in html
    assert not Touchpoint.objects.filter(account=account, kind="gift").exists()


def test_letter_of_a_gift_says_what_it_is_and_closes_it_too(people, plan, slot):
    template = make.make_template("gift", "letter", body="{{salutation}}\n\nwith {{gift}}.").template
    plan.items.filter(slot=slot).update(template=template, window_from=150, window_days=1)
    services.set_budget(people.manager, 2026, slot, amount=Decimal(500), what="a box of fruit")
    account = make.make_account(
        people.owner, status="customer", became_customer_on=date(2025, 3, 1), street="Havnegata 1",
        postal_code="0150", city="Oslo", country="NO",
    )  # fmt: skip
    make.make_contact(account, is_main=True)
    with time_machine.travel("2026-06-02 09:00", tick=False):
        run_night(date(2026, 6, 2), asked_by="command")
        assert night.run(date(2026, 6, 2), asked_by="command").counts["drafted"] == 1
        piece = Piece.objects.get(account=account)
        assert (piece.medium, piece.body.endswith("with a box of fruit.")) == ("letter", True)
        services.tick_sent(people.owner, Touchpoint.objects.get(account=account, kind="gift"))
    piece.refresh_from_db()
    assert (piece.state, piece.reason) == ("cancelled", "The gift went without it.")


def test_file_holds_the_addresses_for_packing(client, people, owed):
    owed(name="=Acme")
    client.force_login(people.owner)
    said = b"".join(client.get(reverse("gifts:file")).streaming_content).decode()
    assert "'=Acme" in said
    assert "Havnegata 1,0150,Oslo,NO,2026-11-24" in said


def test_twenty_rows_cost_as_many_queries_as_two(client, people, owed):
    client.force_login(people.owner)

    def cost(n: int) -> int:
        for _ in range(n):
            owed()
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        return len(queries)

    assert cost(2) == cost(20)
