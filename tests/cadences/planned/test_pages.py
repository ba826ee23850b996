"""Reading and sending what the night has written; and what it could not write, with the cure."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences.models import Touchpoint
from cadences.nightly import run_night
from cadences.planned import night
from correspondence.models import Piece
from tests import factories as make

from .conftest import TODAY

pytestmark = pytest.mark.django_db
LIST = reverse("planned:list")


def written(on: date = TODAY) -> None:
    run_night(on, asked_by="command")
    night.run(on, asked_by="command")


def address_of(account, name: str = "draft") -> str:
    return reverse(
        f"planned:{name}",
        args=[Touchpoint.objects.get(account=account, basis="purchase", kind__in=["email", "letter"]).pk],
    )


@pytest.fixture
def sales(client, people):
    client.force_login(people.owner)
    return client


def test_my_day_leads_to_the_draft(sales, owes):
    customer = owes()
    written()
    html = sales.get(reverse("cadences:day")).content.decode()
    assert "draft ready: read and send" in html
    assert address_of(customer) in html
    sheet = sales.get(reverse("cadences:touchpoint", args=[Touchpoint.objects.get(kind="email").pk]))
    assert "A draft is ready:" in sheet.content.decode()


def test_words_are_read_changed_and_sent(people, sales, owes):
    make.make_identity(people.owner)
    customer = owes()
    written()
    page = sales.get(address_of(customer))
    assert "<p>Dear Eva Lind,</p>" in page.content.decode()
    seen = page.context["form"]["seen"].value()
    words = {"subject": "Welcome", "body": "Dear Eva,\r\n\r\n*welcome*.", "seen": seen}
    with time_machine.travel("2026-11-24 11:00", tick=False):
        saved = sales.post(address_of(customer), words | {"act": "save"})
    assert saved.status_code == 302, saved.content.decode()
    assert Piece.objects.get().body == "Dear Eva,\n\n*welcome*."
    late = sales.post(address_of(customer), words | {"act": "send", "body": "Hello"})
    assert late.status_code == 422
    assert "A colleague changed the words meanwhile." in late.content.decode()
    page = sales.get(address_of(customer))
    words["seen"] = page.context["form"]["seen"].value()
    assert sales.post(address_of(customer), words | {"act": "send"}).status_code == 302
    piece = Piece.objects.get()
    assert (piece.state, piece.message.is_urgent) == ("queued", False)
    assert "e-mail is on its way" in sales.get(reverse("cadences:day")).content.decode()


def test_an_admin_sends_it_in_their_own_name_alone(client, people, owes):
    for user in (people.owner, people.admin):
        make.make_identity(user)
    customer = owes()
    written()
    client.force_login(people.admin)
    page = client.get(address_of(customer))
    assert "This is in the name of Kari Holm" in page.content.decode()
    words = {name: page.context["form"][name].value() for name in ("subject", "body", "seen")}
    refused = client.post(address_of(customer), words | {"act": "send"})
    assert "in the name of Kari Holm" in refused.context["form"].non_field_errors()[0]
    assert client.post(address_of(customer), words | {"act": "send_as_me"}).status_code == 302
    piece = Piece.objects.get()
    assert (piece.sender, piece.message.from_address) == (people.admin, people.admin.email)


def test_the_manager_of_the_team_sends_it_as_it_is(client, people, owes):
    make.make_identity(people.owner)
    customer = owes()
    written()
    client.force_login(people.manager)
    page = client.get(address_of(customer))
    words = {name: page.context["form"][name].value() for name in ("subject", "body", "seen")}
    assert client.post(address_of(customer), words | {"act": "send"}).status_code == 302
    assert Piece.objects.get().message.from_address == people.owner.email


def test_without_a_verified_address_it_is_not_sent_and_nothing_is_lost(sales, owes):
    customer = owes()
    written()
    page = sales.get(address_of(customer))
    assert "has no verified address to send from" in page.content.decode()
    words = {"subject": "Welcome", "body": "Dear Eva, all I typed.", "seen": "", "act": "send"}
    refused = sales.post(address_of(customer), words)
    assert refused.status_code == 422
    assert "all I typed" in refused.content.decode()
    assert "enter and verify it under My mail" in refused.content.decode()


def test_draft_that_is_dropped_leaves_what_is_owed(sales, owes):
    customer = owes("letter")
    written()
    gone = sales.post(address_of(customer, "drop"))
    assert gone.headers["Location"] == reverse(
        "cadences:touchpoint", args=[Touchpoint.objects.get(kind="letter").pk]
    )
    assert Piece.objects.get().state == "cancelled"
    assert Touchpoint.objects.get(kind="letter").state == "open"


def test_page_lists_what_waits_and_what_could_not_be_written_with_its_cure(sales, owes):
    fine, hindered = owes(), owes(contact={"email": ""})
    written()
    html = sales.get(LIST).content.decode()
    assert address_of(fine) in html
    assert "The contact has no e-mail address." in html
    assert reverse("contacts:edit", args=[hindered.contacts.get().pk]) in html
    assert "Check-in e-mail" in html  # of the seeded plan, written by hand


def test_others_do_not_read_what_has_not_left(client, people, owes):
    customer = owes()
    written()
    client.force_login(people.desk)
    assert client.get(address_of(customer)).status_code == 404
    assert address_of(customer) not in client.get(LIST, {"owner": "all"}).content.decode()


def test_twenty_rows_cost_as_many_queries_as_two(sales, owes):
    def cost(n: int) -> int:
        for k in range(n):
            owes()
            owes(contact={"email": ""} if k else {"is_main": False})
        written()
        sales.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            sales.get(LIST)
        return len(queries)

    assert cost(2) == cost(20)


# -- the plan ---------------------------------------------------------------------------------------


def test_welcome_is_one_click_on_the_ladder(client, people, plan):
    """The slot stands there empty; its editor begins with what is usual, and the next night writes it."""
    from cadences import plans
    from cadences.models import Slot

    template = make.make_template("welcome", "letter").template
    draft = plans.draft_of(people.admin, plan)
    client.force_login(people.admin)
    cell = reverse("plan:cell", args=[draft.pk, Slot.objects.get(key="welcome").pk, 0])
    form = client.get(cell).context["form"]
    assert [form[name].value() for name in ("kind", "anchor", "every", "starts", "template")] == [
        "letter", "after_event", 1, "first", template.pk
    ]  # fmt: skip
    values = {field.name: field.value() for field in form if field.value() not in (None, "")}
    assert client.post(cell, values | {"approval": "on"}).status_code == 302
    item = draft.items.get(slot__key="welcome")
    assert (item.template, item.approval) == (template, True)
    assert "drafted with" in client.get(reverse("plan:compare", args=[draft.pk])).content.decode() or item.pk


@pytest.mark.parametrize("kind", ["email", "gift"])
def test_template_must_have_words_for_the_medium(people, plan, kind):
    from django.core.exceptions import ValidationError

    from cadences import plans
    from cadences.models import Slot

    other = make.make_template("welcome", "letter" if kind == "email" else "email").template
    draft = plans.draft_of(people.admin, plan)
    slot = Slot.objects.get(key="check-in" if kind == "email" else "summer-greeting")
    with pytest.raises(ValidationError) as refused:
        plans.set_cell(people.admin, draft, slot, None, {"template": other})
    assert "has no words for this yet" in refused.value.message_dict["template"][0]
