"""On its way, come back, sent otherwise: what the page says, what its writers do; what waits to be sent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Interaction
from correspondence import reports
from correspondence.mailing_querysets import PAUSED, STOPPED
from correspondence.models import Message, Piece
from correspondence.pieces import afterwards, services
from correspondence.services import send_due
from tests import factories as make
from tests.correspondence.pieces.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari(client: Any, owner: Any) -> Any:
    client.force_login(owner)
    return client


@pytest.fixture
def queued(owner: Any, eva: Any) -> Any:
    make.make_identity(owner)
    return services.queue(owner, make.make_piece(eva, owner))


def in_state(piece: Any, **fields: Any) -> None:
    Message.objects.filter(pk=piece.message_id).update(**fields)


def page(client: Any, piece: Any) -> str:
    return str(client.get(reverse("correspondence:piece", args=[piece.pk])).content.decode())


def post(client: Any, name: str, piece: Any, **data: Any) -> Any:
    return client.post(reverse(f"correspondence:{name}", args=[piece.pk]), data)


class TestOnItsWay:
    def test_a_mail_of_which_nobody_knows_is_decided_by_its_writers(self, kari, queued):
        in_state(queued, state="uncertain", handing_over=True)
        shown = page(kari, queued)
        assert "Nobody knows whether it went out" in shown
        assert "Resend" in shown
        post(kari, "piece_arrived", queued)
        queued.refresh_from_db()
        assert (queued.state, queued.logged.kind) == ("left", "email")

    def test_a_refused_mail_says_why_and_goes_out_again(self, kari, queued):
        in_state(queued, state="failed", last_error="550 5.7.1 policy")
        assert "550 5.7.1 policy" in page(kari, queued)
        post(kari, "piece_resend", queued)
        send_due()
        assert len(django_mail.outbox) == 1

    def test_with_another_address_it_is_written_again_once(self, kari, queued, eva, owner):
        in_state(queued, state="failed", last_error="550 5.1.1 unknown")
        Contact.objects.filter(pk=eva.pk).update(email="eva.lind@acme.example")
        assert "another address by now" in page(kari, queued)
        first, second = (post(kari, "piece_again", queued)["Location"] for _click in range(2))
        assert first == second
        again = Piece.objects.get(state="draft")
        assert (again.body, Piece.objects.get(pk=queued.pk).state) == (queued.body, "cancelled")
        services.queue(owner, again)
        send_due()
        assert [mail.to for mail in django_mail.outbox] == [["eva.lind@acme.example"]]

    def test_taken_back_with_a_reason(self, kari, queued):
        assert post(kari, "piece_cancel", queued).status_code == 422
        post(kari, "piece_cancel", queued, reason="wrong price")
        assert "wrong price" in page(kari, queued)

    def test_a_mail_that_came_back_is_told_where_its_sender_looks(self, kari, owner, account, queued):
        send_due()
        message = Message.objects.get()
        reports.note("hard_bounce", message.recipient, message.topic, "event 1", message)
        assert "Came back" in page(kari, queued)
        assert "It came back" in kari.get(reverse("accounts:detail", args=[account.pk])).content.decode()
        assert "Came back:" in kari.get(reverse("correspondence:day_line")).content.decode()

    def test_who_works_here_no_more_writes_nothing(self, queued, owner):
        owner.is_active = False
        owner.save()
        send_due()
        assert (django_mail.outbox, Message.objects.get().state) == ([], "cancelled")

    def test_what_was_sent_is_read_by_everybody_and_stands(self, client, queued, account):
        send_due()
        stranger = make.make_user("reader")
        client.force_login(stranger)
        shown = page(client, queued)
        assert "thank you." in shown
        assert "Write it again" not in shown
        timeline = client.get(reverse("accounts:detail", args=[account.pk])).content.decode()
        assert reverse("correspondence:piece", args=[queued.pk]) in timeline
        queued.refresh_from_db()
        at = f"{reverse('accounts:detail', args=[account.pk])}?entry=interaction-{queued.logged_id}"
        assert "Words" in client.get(at).content.decode()


class TestSentOtherwise:
    def test_a_draft_counts_as_sent_and_nothing_is_mailed(self, kari, owner, eva):
        piece = make.make_piece(eva, owner)
        at = reverse("correspondence:piece", args=[piece.pk])
        form = kari.get(at).context["form"]
        sent = {name: form[name].value() or "" for name in ("contact", "language", "token", "version")}
        sent |= {"email": "on", "subject": "As it was sent", "body": "The very last words", "act": "sent"}
        assert kari.post(at, sent | {"version": "older"}).status_code == 422
        assert kari.post(at, sent)["Location"] == at
        send_due()
        piece.refresh_from_db()
        assert (piece.state, piece.left_on, django_mail.outbox) == ("left", TODAY, [])
        assert (piece.logged.outcome, piece.logged.source) == ("sent", "page")
        assert (piece.body, piece.logged.summary) == ("The very last words", "As it was sent")

    def test_from_the_account_s_page_without_composing(self, kari, account, eva):
        at = reverse("correspondence:sent_myself", args=[account.pk])
        form = kari.get(at).context["form"]
        sent = {"contact": form["contact"].value(), "on": "2026-11-25", "token": form["token"].value()}
        for _click in range(2):
            kari.post(at, sent | {"subject": "Delivery dates"})
        logged = Interaction.objects.get()
        assert (logged.kind, logged.outcome, logged.reached) == ("email", "sent", False)
        assert (logged.contact, logged.happened_on, logged.summary) == (
            eva,
            date(2026, 11, 25),
            "Delivery dates",
        )


class TestToSend:
    def drafts(self, client: Any, query: str = "") -> list[Any]:
        return list(client.get(reverse("correspondence:drafts") + query).context["page"].rows)

    def test_mine_by_default_and_those_of_others_on_demand(self, kari, owner, account, eva):
        mine = make.make_piece(eva, owner, created_by=None)
        colleague = make.make_user()
        theirs = make.make_piece(eva, colleague)
        assert self.drafts(kari) == [mine]
        assert self.drafts(kari, "?whose=all") == [mine, theirs]
        assert self.drafts(kari, "?whose=all&by=night") == [mine]
        assert self.drafts(kari, "?whose=all&by=others") == [theirs]
        assert self.drafts(kari, f"?whose=all&person={colleague.pk}") == [theirs]
        assert self.drafts(kari, "?use=gift") == []

    def test_a_manager_sees_the_team_s_a_stranger_none(self, client, owner, eva):
        manager = make.make_user("manager")
        owner.team = make.make_team(manager=manager)
        owner.save()
        make.make_piece(eva, owner)
        for user, count in ((manager, 1), (make.make_user(), 0), (make.make_user("admin"), 1)):
            client.force_login(user)
            assert len(self.drafts(client, "?whose=all")) == count

    def test_all_shown_are_sent_but_those_that_changed_or_cannot(self, kari, owner, eva, clock):
        make.make_identity(owner)
        good, changed, gap = (make.make_piece(eva, owner, body=body) for body in ("a", "b", "{{gift}}"))
        seen = [f"{piece.pk}@{piece.version}" for piece in (good, changed, gap)]
        clock.shift(60)
        services.change(owner, changed, body="c")
        answer = kari.post(reverse("correspondence:approve"), {"piece": [*seen, "x@y"]}, follow=True)
        states = dict(Piece.objects.values_list("pk", "state"))
        assert states == {good.pk: "queued", changed.pk: "draft", gap.pk: "draft"}
        said = [str(message) for message in answer.context["messages"]]
        assert said[0] == "1 is on its way."
        assert "read them again" in said[1]
        assert "{{gift}}" in said[2]

    def test_nobody_sends_what_is_not_theirs(self, client, owner, eva):
        piece = make.make_piece(eva, owner)
        client.force_login(make.make_user())
        client.post(reverse("correspondence:approve"), {"piece": [f"{piece.pk}@{piece.version}"]})
        piece.refresh_from_db()
        assert piece.state == "draft"

    def test_pages_follow_without_gap_or_repetition(self, kari, owner, eva):
        made = [make.make_piece(eva, owner).pk for _n in range(30)]
        first = kari.get(reverse("correspondence:drafts")).context["page"]
        rest = kari.get(reverse("correspondence:drafts") + f"?at={first.next}").context["page"]
        assert [row.pk for row in [*first.rows, *rest.rows]] == made
        assert (first.total, rest.first, rest.next) == (30, 26, "")

    def test_two_and_twenty_cost_the_same(self, kari, owner):
        counts = []
        for more in (2, 18):
            for _n in range(more):
                make.make_piece(make.make_contact(make.make_account(owner)), owner)
            with CaptureQueriesContext(connection) as queries:
                self.drafts(kari, "?whose=all")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_the_day_says_what_waits_and_whom_to_thank(self, kari, owner, talk, eva):
        make.make_piece(eva, owner)
        shown = kari.get(reverse("correspondence:day_line")).content.decode()
        assert "1 mail or letter to send" in shown
        assert reverse("correspondence:thank_you", args=[talk.pk]) in shown
        make.make_piece(eva, owner, about=talk, use="thank_you")
        shown = kari.get(reverse("correspondence:day_line")).content.decode()
        assert reverse("correspondence:thank_you", args=[talk.pk]) not in shown


@pytest.mark.parametrize(
    "fields",
    [{"state": "failed", "last_error": "550"}, {"state": "cancelled", "reason": "The contact has left."}],
)
def test_what_has_not_left_can_be_taken_back(kari, queued, fields):
    in_state(queued, **fields)
    post(kari, "piece_cancel", queued, reason="wrong price")
    queued.refresh_from_db()
    assert (queued.state, queued.reason) == ("cancelled", "wrong price")
    assert not Piece.objects.in_trouble(queued.sender).exists()


def test_what_may_be_out_cannot_be_taken_back(kari, queued):
    in_state(queued, state="uncertain")
    assert post(kari, "piece_cancel", queued, reason="wrong price").status_code == 422


def test_what_a_person_holds_back_is_no_trouble(kari, queued):
    for reason, count in ((PAUSED, 0), (STOPPED, 0), ("The contact has left.", 1)):
        in_state(queued, state="cancelled", reason=reason)
        assert Piece.objects.in_trouble(queued.sender).count() == count


def test_a_mail_that_is_old_is_no_trouble_any_more(kari, queued, clock):
    in_state(queued, state="failed", updated_at=timezone.now() - timedelta(days=31))
    assert "Not sent" not in kari.get(reverse("correspondence:day_line")).content.decode()


def test_a_letter_cannot_have_been_mailed(owner, eva):
    with pytest.raises(Exception, match="e-mail"):
        afterwards.sent_myself(owner, make.make_piece(eva, owner, medium="letter"))
