"""Somebody has left, through the pages: asked, shown, done; and back again."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Account
from cadences.models import Touchpoint
from contacts.models import Commitment, Concern, Contact
from contacts.services import close_commitment
from tests import factories as make

TODAY = date(2026, 11, 24)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(people):
    return make.make_account(people.owner, name="Acme")


@pytest.fixture
def eva(account, people):
    eva = make.make_contact(
        account, first_name="Eva", last_name="Lind", is_main=True, decision_roles=["decides"]
    )
    make.make_touchpoint(account, people.owner, TODAY, contact=eva, about="Ring about the seal")
    Commitment.objects.create(account=account, user=people.owner, contact=eva, what="A quote", due_on=TODAY)
    return eva


@pytest.fixture
def per(account, eva):
    return make.make_contact(account, first_name="Per", last_name="Vik", reports_to=eva)


@pytest.fixture
def send(client, people, eva):
    """Send the wizard's form for Eva as the owner does."""
    client.force_login(people.owner)

    def post(step="", **typed):
        at = reverse("people:leave", args=[eva.pk])
        return client.post(at, {"left_on": "2026-11-20", "step": step, **typed})

    return post


def text(answer):
    return answer.content.decode().replace("\xa0", " ")


def written():
    return [list(table.objects.order_by("pk").values()) for table in (Account, Contact, Concern, Touchpoint)]


def chosen(html):
    return re.findall(r'name="at" value="([^"]*)" checked', html)


def test_the_form_asks_and_the_second_page_shows_what_moves(client, people, eva, per, send):
    html = text(client.get(reverse("people:leave", args=[eva.pk])))
    for words in ("Last day there", "Per Vik", "choose later", "whom we call"):
        assert words in html, words
    before = written()
    html = text(send(successor=per.pk, takes_main="on"))
    for words in (
        "Nothing is saved yet",
        "Ring about the seal",
        "A quote",
        "these lines end",
        "a concern goes to",
    ):
        assert words in html, words
    assert written() == before


def test_confirmed_it_is_done_and_said(client, people, account, eva, per, send):
    html = text(send("confirm", successor=per.pk, takes_main="on"))
    assert html == ""
    page = text(client.get(reverse("contacts:people", args=[account.pk])))
    for words in ("Eva Lind has left.", "Per Vik takes over.", "A concern is with Kari Holm."):
        assert words in page, words
    assert Touchpoint.objects.get(account=account).contact == per
    assert Commitment.objects.get().contact == per
    # the same click again, or the page of an hour ago
    before = written()
    again = send("confirm", successor=per.pk, takes_main="on")
    assert again.url == reverse("contacts:detail", args=[eva.pk])
    assert written() == before


def test_back_they_are_there_again(client, people, eva, per, send):
    send("confirm", successor=per.pk)
    detail = reverse("contacts:detail", args=[eva.pk])
    assert "Came back" in text(client.get(detail))
    html = text(client.post(reverse("people:back", args=[eva.pk]), follow=True))
    assert "Eva Lind works there again" in html
    assert "Has left …" in html
    assert "works there." in text(client.post(reverse("people:back", args=[eva.pk]), follow=True))


def test_a_mistake_is_taken_back_for_a_day(client, people, eva, per, send, tuesday):
    send("confirm", successor=per.pk)
    assert reverse("people:mistake", args=[eva.pk]) in text(
        client.get(reverse("contacts:people", args=[per.account_id]))
    )
    tuesday.shift(timedelta(hours=1))
    close_commitment(people.owner, Commitment.objects.get(), kept=True)
    detail, mistake = (reverse(name, args=[eva.pk]) for name in ("contacts:detail", "people:mistake"))
    assert "Left by mistake" in text(client.get(detail))
    html = text(client.post(mistake, follow=True))
    assert "Eva Lind never left" in html
    assert "Kept, because somebody has seen to it since: A quote." in html
    assert Touchpoint.objects.get().contact == eva
    send("confirm", successor=per.pk)
    tuesday.shift(timedelta(hours=25))
    client.force_login(people.owner)
    assert "Left by mistake" not in text(client.get(detail))
    assert "too late to take this back" in text(client.post(mistake, follow=True))


class TestNewEmployer:
    def test_an_account_of_that_name_is_proposed(self, client, people, eva, send):
        borg = make.make_account(people.colleague, name="Borg & Co", city="Bergen")
        other = make.make_account(name="Borg Nord")
        html = text(send(employer="borg & co", tell_owner="on"))
        assert chosen(html) == [str(borg.pk)]
        assert "as a new prospect" not in html
        html = text(send(employer="Borg", tell_owner="on"))
        assert chosen(html) == []
        for account in (borg, other):
            assert f'value="{account.pk}"' in html
        assert "Open Borg as a new prospect" in html
        send("confirm", employer="Borg", at=str(borg.pk), job_title="Buyer", tell_owner="on")
        there = borg.contacts.get()
        assert (there.formerly, there.job_title) == (eva, "Buyer")
        assert Touchpoint.objects.get(account=borg).assignee == people.colleague
        assert "Borg &amp; Co" in text(client.get(reverse("contacts:detail", args=[eva.pk])))

    def test_what_is_cut_off_is_said_and_the_likest_come_first(self, send, eva):
        for n in range(9):
            make.make_account(name=f"A{n} Borg")
        borg = make.make_account(name="Borg Zinc")
        html = text(send(employer="Borg"))
        assert "The first 8 that match" in html
        assert html.index("Borg Zinc") < html.index("A0 Borg")
        assert f'value="{borg.pk}"' in html

    def test_one_we_do_not_know_is_proposed_as_a_prospect(self, send, eva):
        assert chosen(text(send(employer="Nova AS"))) == ["new"]
        send("confirm", employer="Nova AS", at="new")
        assert Account.objects.get(name="Nova AS").contacts.get().formerly == eva

    @pytest.mark.parametrize("at", ["", "999999", "x", "²", "new"])
    def test_which_one_must_be_chosen_and_nothing_typed_is_lost(self, send, people, eva, at):
        make.make_account(name="Borg")
        before = written()
        answer = send("confirm", employer="borg", job_title="Buyer", at=at)
        assert answer.status_code == 422
        assert "Choose which company that is" in text(answer)
        assert 'value="Buyer"' in text(answer)
        assert written() == before

    def test_none_of_these_opens_nothing(self, send, eva):
        borg = make.make_account(name="Borg")
        assert send("confirm", employer="borg", at="none").status_code == 302
        assert not borg.contacts.exists()


def test_change_goes_back_with_what_was_typed(send, per):
    answer = send("change", successor=per.pk, employer="Borg", takes_main="False", tell_owner="on")
    html = text(answer)
    assert answer.status_code == 200
    assert "Show what moves" in html
    assert 'value="Borg"' in html
    boxes = {
        name: " checked" in tag
        for tag, name in re.findall(r'(<input[^>]*name="(takes_main|tell_owner)"[^>]*>)', html)
    }
    assert boxes == {"takes_main": False, "tell_owner": True}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"left_on": "2026-11-25"}, "still to come"),
        ({"left_on": "soon"}, "Enter a valid date"),
        ({"first_name": "Siri"}, "Enter the last name, too"),
        ({"last_name": "Moe", "successor": "PER"}, "not both"),
        ({"successor": "999999"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_named_with_its_cure(send, per, typed, words):
    before = written()
    typed = {name: per.pk if value == "PER" else value for name, value in typed.items()}
    for step in ("", "confirm"):
        answer = send(step, **typed)
        assert answer.status_code == 422
        assert words in text(answer)
    assert written() == before


def test_who_left_before_them_is_no_successor(send, account):
    gone = make.make_contact(account, left_on=TODAY)
    assert send("confirm", successor=gone.pk).status_code == 422


def test_colleagues_and_readers_do_not_decide_that(client, people, eva):
    for user in (people.colleague, people.desk):
        client.force_login(user)
        at = reverse("people:leave", args=[eva.pk])
        assert client.get(at).status_code == 403
        assert client.post(at, {"left_on": "2026-11-20", "step": "confirm"}).status_code == 403
        assert "Has left" not in text(client.get(reverse("contacts:detail", args=[eva.pk])))
    eva.refresh_from_db()
    assert eva.left_on is None
