"""People, notes, concerns, promises and asks through their pages."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from contacts.models import Ask, Commitment, Concern, Contact, Interaction
from tests.factories import make_account, make_concern, make_contact, make_interaction, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def kari():
    return make_user(display_name="Kari Holm")


@pytest.fixture
def anna():
    """The service desk: reads everything, logs and raises concerns."""
    return make_user("reader", display_name="Anna Service", department="Service desk")


@pytest.fixture
def account(kari):
    return make_account(kari, name="Acme", country="NO")


def text(answer):
    return answer.content.decode().replace("\xa0", " ")


class TestList:
    def names(self, client, **params):
        answer = client.get(reverse("contacts:list"), {"owner": "all", **params})
        return [row.name for row in answer.context["page"].rows]

    def test_finds_by_part_of_name_mail_and_phone(self, client, kari, account):
        make_contact(
            account, first_name="José", last_name="Núñez", email="jn@acme.example", phone="+47 22 33 44 55"
        )
        make_contact(account, first_name="Eva", last_name="Lind")
        client.force_login(kari)
        for term in ("nunez", "JOSÉ", "jn@ac", "2233", "+47 2233", "nez jos"):
            assert self.names(client, q=term) == ["José Núñez"], term
        assert self.names(client, q="'; --") == []

    def test_shows_ones_own_first_and_hides_who_left(self, client, kari, account):
        make_contact(account, first_name="Eva", last_name="Lind")
        make_contact(account, first_name="Ole", last_name="Gone", left_on=date(2026, 1, 1))
        make_contact(make_account(), first_name="Per", last_name="Other")
        client.force_login(kari)
        assert self.names(client, owner="") == ["Eva Lind"]
        assert self.names(client) == ["Eva Lind", "Per Other"]
        assert self.names(client, left="1") == ["Ole Gone", "Eva Lind", "Per Other"]

    def test_sorts_by_last_contact_with_never_last(self, client, kari, account):
        for name, day in (("Early", 1), ("Late", 9)):
            contact = make_contact(account, first_name="", last_name=name)
            make_interaction(account, kari, contact=contact, happened_on=date(2026, 11, day))
        make_contact(account, first_name="", last_name="Never")
        client.force_login(kari)
        assert self.names(client, sort="last_contact") == ["Early", "Late", "Never"]
        assert self.names(client, sort="-last_contact") == ["Late", "Early", "Never"]

    def test_twenty_rows_cost_what_two_cost(self, client, kari, account, django_assert_num_queries):
        client.force_login(kari)
        for count in (2, 18):
            for _ in range(count):
                make_interaction(account, kari, contact=make_contact(account))
            with django_assert_num_queries(5):  # session, user, count, rows, owners
                client.get(reverse("contacts:list"))

    def test_empty_says_what_to_do(self, client, kari):
        client.force_login(kari)
        assert "Nobody here yet" in text(client.get(reverse("contacts:list")))
        assert "Nobody matches" in text(client.get(reverse("contacts:list"), {"q": "zz"}))


class TestPerson:
    def test_page_tells_how_to_reach_them_and_what_was_said(
        self, client, kari, account, django_assert_max_num_queries
    ):
        contact = make_contact(
            account, phone="22 33 44 55", phone_e164="+4722334455", preferred_channel="text",
            refused_channels=["email", "letter"],
        )  # fmt: skip
        make_interaction(account, kari, contact=contact, summary="Wants a demo")
        make_concern(account, contact=contact, what="Noise")
        client.force_login(kari)
        with django_assert_max_num_queries(8):
            html = text(client.get(reverse("contacts:detail", args=[contact.pk])))
        for words in ("tel:+4722334455", "Text message", "E-mail, Letter", "Wants a demo", "Noise"):
            assert words in html

    def test_anybody_adds_one(self, client, anna, account):
        client.force_login(anna)
        answer = client.post(
            reverse("contacts:add", args=[account.pk]), {"last_name": "Vik", "mobile": "90 12 34 56"}
        )
        contact = Contact.objects.get()
        assert answer.url == reverse("accounts:detail", args=[account.pk])
        assert (contact.mobile_e164, contact.is_main) == ("+4790123456", True)

    def test_a_refused_person_keeps_what_was_typed(self, client, kari, account):
        client.force_login(kari)
        answer = client.post(
            reverse("contacts:add", args=[account.pk]), {"first_name": "Per", "email": "nonsense"}
        )
        html = text(answer)
        assert answer.status_code == 422
        assert 'value="Per"' in html
        assert 'value="nonsense"' in html
        assert not Contact.objects.exists()

    def test_only_those_who_look_after_the_account_change_one(self, client, kari, anna, account):
        contact = make_contact(account, last_name="Lind")
        where = reverse("contacts:edit", args=[contact.pk])
        client.force_login(anna)
        assert client.get(where).status_code == 403
        assert client.post(where, {"last_name": "X"}).status_code == 403
        client.force_login(kari)
        assert client.post(where, {"last_name": "Vik"}).status_code == 302
        contact.refresh_from_db()
        assert contact.last_name == "Vik"


class TestNote:
    def test_the_salesperson_sees_the_note_of_the_service_desk_at_once(self, client, kari, anna, account):
        client.force_login(anna)
        client.post(reverse("contacts:note", args=[account.pk]), {"text": "Fitter was there today"})
        client.force_login(kari)
        html = text(client.get(reverse("accounts:detail", args=[account.pk])))
        assert "Fitter was there today" in html
        assert "Anna Service" in html

    def test_an_empty_note_is_refused(self, client, anna, account):
        client.force_login(anna)
        answer = client.post(reverse("contacts:note", args=[account.pk]), {"text": "  "})
        assert answer.status_code == 422
        assert not Interaction.objects.exists()

    def test_a_person_of_another_account_is_no_choice(self, client, anna, account):
        stranger = make_contact(make_account())
        client.force_login(anna)
        typed = {"text": "Hello", "contact": stranger.pk}
        answer = client.post(reverse("contacts:note", args=[account.pk]), typed)
        assert answer.status_code == 422
        assert "Hello" in text(answer)


class TestConcern:
    def test_the_salesperson_sees_it_at_once(self, client, kari, anna, account):
        client.force_login(anna)
        fields = {"what": "Pump leaks", "severity": "3", "due_on": "2026-11-26"}
        answer = client.post(reverse("contacts:concern_add", args=[account.pk]), fields, follow=True)
        assert "The concern is with Kari Holm." in text(answer)
        client.force_login(kari)
        html = text(client.get(reverse("accounts:detail", args=[account.pk])))
        assert "Pump leaks" in html
        assert "Open concerns" in html

    def test_a_refused_one_keeps_what_was_typed(self, client, anna, account):
        client.force_login(anna)
        fields = {"what": "Pump leaks", "severity": "3", "due_on": "2026-01-01"}
        answer = client.post(reverse("contacts:concern_add", args=[account.pk]), fields)
        assert answer.status_code == 422
        assert "Pump leaks" in text(answer)
        assert not Concern.objects.exists()

    def test_is_resolved_with_words_and_reopened(self, client, anna, account):
        concern = make_concern(account, owner=anna)
        where = reverse("contacts:concern_resolve", args=[concern.pk])
        client.force_login(anna)
        assert client.post(where, {"resolution": ""}).status_code == 422
        html = text(client.post(where, {"resolution": "New seal"}, follow=True))
        assert "The concern is resolved." in html
        concern.refresh_from_db()
        assert (concern.resolved_by, concern.resolution) == (anna, "New seal")
        undo = reverse("contacts:concern_reopen", args=[concern.pk])
        assert f"undo:{undo}" in html
        client.post(undo)
        concern.refresh_from_db()
        assert concern.is_open

    def test_strangers_do_not_resolve_it(self, client, account):
        concern = make_concern(account)
        client.force_login(make_user())
        for name in ("concern_resolve", "concern_reopen"):
            answer = client.post(reverse(f"contacts:{name}", args=[concern.pk]), {"resolution": "x"})
            assert answer.status_code == 403
        concern.refresh_from_db()
        assert concern.is_open


class TestPromise:
    @pytest.mark.parametrize(("kept", "state"), [("1", "late"), ("0", "broken")])
    def test_is_kept_or_broken(self, client, kari, account, kept, state):
        promise = Commitment.objects.create(
            account=account, user=kari, what="Quote", due_on=date(2026, 11, 20)
        )
        client.force_login(kari)
        where = reverse("contacts:commitment_close", args=[promise.pk])
        assert client.post(where, {"kept": kept}).status_code == 302
        promise.refresh_from_db()
        assert promise.state == state
        assert "was closed" in text(client.post(where, {"kept": "1"}, follow=True))

    def test_strangers_do_not_close_it(self, client, kari, account):
        promise = Commitment.objects.create(
            account=account, user=kari, what="Quote", due_on=date(2026, 11, 20)
        )
        client.force_login(make_user())
        where = reverse("contacts:commitment_close", args=[promise.pk])
        assert client.post(where, {"kept": "1"}).status_code == 403


def test_the_answer_to_an_ask_is_recorded(client, kari, account):
    ask = Ask.objects.create(account=account, kind="referral", asked_on=date(2026, 11, 1), asked_by=kari)
    where = reverse("contacts:ask_answer", args=[ask.pk])
    client.force_login(make_user())
    assert client.post(where, {"answer": "yes"}).status_code == 403
    client.force_login(kari)
    client.post(where, {"answer": "yes", "referred_company": "Vik Mek"})
    ask.refresh_from_db()
    assert (ask.answer, ask.referred_company) == ("yes", "Vik Mek")


@pytest.mark.parametrize("name", ["note", "concern_add"])
def test_in_the_sheet_a_fragment_then_back_to_the_page(client, anna, account, name):
    client.force_login(anna)
    where = reverse(f"contacts:{name}", args=[account.pk])
    head = {"HX-Request": "true"}
    assert "<html" not in text(client.get(where, headers=head))
    typed = {"text": "Hello", "what": "Noise", "severity": "2"}
    done = client.post(where, typed, headers=head)
    assert done["HX-Redirect"] == reverse("accounts:detail", args=[account.pk])


@pytest.mark.parametrize("name", ["add", "note", "concern_add"])
def test_unknown_accounts_take_nothing(client, anna, name):
    client.force_login(anna)
    assert client.post(reverse(f"contacts:{name}", args=[999]), {}).status_code == 404
