"""From a draft to what everybody reads on the account's page."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied, ValidationError

from contacts.models import Interaction
from correspondence import placeholders
from correspondence.models import Message, Piece
from correspondence.pieces import leaving
from correspondence.pieces.services import PieceDraft, cancel, change, post, prepare, queue
from correspondence.placeholders import Subject, values_for
from correspondence.services import send_due
from correspondence.words.filling import fill
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-26 12:00+00:00", tick=False) as clock:
        yield clock


@pytest.fixture
def owner():
    return make.make_user(display_name="Kari Holm")


@pytest.fixture
def account(owner):
    return make.make_account(owner, name="Acme *Machining*")


@pytest.fixture
def eva(account):
    return make.make_contact(account, first_name="Eva", last_name="Lind", email="eva@acme.example")


def draft(contact, **fields):
    fields = {"medium": "email", "subject": "Thank you", "body": "Dear Eva,\n\n- one\n\n**Bye**"} | fields
    return PieceDraft(contact=contact, **fields)


class TestMails:
    def test_a_mail_leaves_through_the_outbox_and_becomes_an_interaction(self, owner, account, eva):
        make.make_identity(owner, address="kari@tend.example", signature="Kari\nHollerbeck")
        piece = queue(owner, prepare(owner, account, draft(eva)))
        send_due()
        [sent] = django_mail.outbox
        assert (sent.to, sent.subject) == (["eva@acme.example"], "Thank you")
        assert "kari@tend.example" in sent.from_email
        assert sent.body == "Dear Eva,\n\n- one\n\nBye\n\nKari\nHollerbeck"
        assert "<strong" in sent.alternatives[0][0]
        piece.refresh_from_db()
        assert (piece.state, piece.left_on) == ("left", date(2026, 11, 26))
        logged = piece.logged
        assert (logged.kind, logged.outcome, logged.contact, logged.user) == ("email", "sent", eva, owner)
        assert (logged.reached, logged.by_owner_side, logged.source) == (False, True, "system")

    def test_without_a_verified_address_nothing_is_sent(self, owner, account, eva):
        make.make_identity(owner, verified_at=None)
        piece = prepare(owner, account, draft(eva))
        with pytest.raises(ValidationError, match="verified address"):
            queue(owner, piece)
        assert not Message.objects.exists()

    def test_taken_back_before_it_left(self, owner, account, eva):
        make.make_identity(owner)
        piece = cancel(owner, queue(owner, prepare(owner, account, draft(eva))), "wrong price")
        send_due()
        assert (piece.state, django_mail.outbox) == ("cancelled", [])
        piece.message.refresh_from_db()
        assert piece.message.state == "cancelled"

    def test_once_it_is_out_it_cannot_be_taken_back(self, owner, account, eva):
        make.make_identity(owner)
        piece = queue(owner, prepare(owner, account, draft(eva)))
        Message.objects.filter(pk=piece.message_id).update(
            state="sending", lease_until="2026-11-26 13:00+00:00"
        )
        with pytest.raises(ValidationError, match="mail server"):
            cancel(owner, piece, "wrong price")

    def test_who_has_left_since_gets_no_mail(self, owner, account, eva):
        make.make_identity(owner)
        piece = queue(owner, prepare(owner, account, draft(eva)))
        eva.left_on = date(2026, 11, 25)
        eva.save()
        send_due()
        piece.message.refresh_from_db()
        assert (piece.message.state, piece.message.reason) == ("cancelled", "The contact has left.")
        assert not Interaction.objects.exists()


class TestLetters:
    def test_a_posted_letter_becomes_an_interaction_once(self, owner, account, eva):
        heard: list[Piece] = []
        leaving.on_left(heard.extend)
        try:
            piece = queue(owner, prepare(owner, account, draft(eva, medium="letter")))
            post(owner, [piece])
            post(owner, [piece])
        finally:
            leaving._listeners.remove(heard.extend)
        assert [(log.kind, log.summary) for log in Interaction.objects.all()] == [("letter", "Thank you")]
        assert heard == [piece]

    def test_without_a_named_contact_it_is_refused(self, owner, account):
        with pytest.raises(ValidationError, match="named person"):
            prepare(owner, account, draft(None, medium="letter"))

    def test_the_future_is_no_day_of_posting(self, owner, account, eva):
        piece = queue(owner, prepare(owner, account, draft(eva, medium="letter")))
        with pytest.raises(ValidationError, match="today"):
            post(owner, [piece], date(2026, 11, 27))
        mail = queue_mail(owner, account, eva)
        with pytest.raises(ValidationError, match="letters"):
            post(owner, [mail])


def queue_mail(owner, account, eva):
    make.make_identity(owner)
    return queue(owner, prepare(owner, account, draft(eva)))


class TestDrafts:
    def test_the_same_origin_is_made_once(self, owner, account, eva):
        first = prepare(owner, account, draft(eva, origin="touchpoint 1"))
        assert prepare(owner, account, draft(eva, origin="touchpoint 1")) == first

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"subject": " "}, "subject"),
            ({"body": ""}, "body"),
            ({"medium": "letter"}, None),
        ],
    )
    def test_what_is_wrong_is_named(self, owner, account, eva, wrong, field):
        if field is None:
            assert prepare(owner, account, draft(eva, **wrong))
            return
        with pytest.raises(ValidationError) as refused:
            prepare(owner, account, draft(eva, **wrong))
        assert list(refused.value.message_dict) == [field]

    def test_a_refused_channel_needs_a_reason(self, owner, account, eva):
        eva.refused_channels = ["email"]
        eva.save()
        with pytest.raises(ValidationError) as refused:
            prepare(owner, account, draft(eva))
        assert "refused_reason" in refused.value.message_dict
        assert prepare(owner, account, draft(eva, refused_reason="Asked for it by phone"))

    def test_a_queued_piece_is_not_changed_any_more(self, owner, account, eva):
        piece = change(owner, prepare(owner, account, draft(eva, medium="letter")), subject="New")
        assert piece.subject == "New"
        queue(owner, piece)
        with pytest.raises(ValidationError, match="no draft"):
            change(owner, piece, subject="Newer")


class TestAccess:
    def test_drafts_are_their_writers_own(self, owner, account, eva):
        manager = make.make_user("manager")
        owner.team = make.make_team(manager=manager)
        owner.save()
        stranger, admin = make.make_user(), make.make_user("admin")
        gone = make.make_user("admin", is_active=False)
        piece = make.make_piece(eva, owner)
        seen = {
            user: Piece.objects.visible_to(user).exists() for user in (owner, manager, admin, stranger, gone)
        }
        assert seen == {owner: True, manager: True, admin: True, stranger: False, gone: False}
        with pytest.raises(PermissionDenied):
            queue(stranger, piece)
        post(owner, [queue(owner, make.make_piece(eva, owner, medium="letter"))])
        assert Piece.objects.visible_to(stranger).count() == 1
        assert not Piece.objects.editable_by(stranger).exists()

    def test_only_in_ones_own_name_or_for_whom_one_stands_in(self, owner, account, eva):
        deputy, stranger = make.make_user(), make.make_user("reader")
        owner.deputy = deputy
        owner.save()
        assert prepare(deputy, account, draft(eva, sender=owner)).sender == owner
        assert prepare(stranger, account, draft(eva)).sender == stranger
        with pytest.raises(PermissionDenied):
            prepare(stranger, account, draft(eva, sender=owner))


class TestPlaceholders:
    def subjects(self, owner, count):
        found = []
        for _ in range(count):
            account = make.make_account(owner)
            contact = make.make_contact(account)
            make.make_purchase(account, date(2026, 10, 21), "12400", about="Pump")
            talk = make.make_interaction(account, owner, contact=contact, summary="Two *new* pumps.")
            make.make_promise(account, owner, date(2026, 11, 27), interaction=talk, what="Send the quote")
            found.append(Subject(account.pk, contact.pk, owner.pk, "de", talk.pk))
        return found

    def test_values_of_account_contact_sender_purchase_and_talk(self, owner):
        [values] = values_for(self.subjects(owner, 1))
        assert values["last_purchase_on"] == "21. Oktober 2026"
        assert values["sender"] == "Kari Holm"
        assert values["talk_agreed"] == "- Wir: Send the quote (27. November 2026)"
        assert values["salutation"].startswith("Guten Tag Eva Lind")
        assert fill("{{talk_summary}}", values) == "Two \\*new\\* pumps."
        assert "account_city" not in values
        assert values.keys() <= placeholders.KNOWN

    def test_two_and_twenty_cost_the_same(self, owner, django_assert_num_queries):
        make.make_company()
        for count in (2, 20):
            subjects = self.subjects(owner, count)
            with django_assert_num_queries(10):
                values_for(subjects)
