"""E-mail and letter that belong together: ticked and unticked, in one name, saved by two, taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from correspondence.models import Message, Piece
from correspondence.pieces import afterwards, services
from correspondence.pieces.pair import pair_of
from correspondence.services import send_due
from tests import factories as make
from tests.correspondence.pieces.test_writing import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari(client: Any, owner: Any) -> Any:
    client.force_login(owner)
    return client


@pytest.fixture
def email(eva: Any, owner: Any) -> Any:
    return make.make_piece(eva, owner)


def page_of(piece: Piece) -> str:
    return reverse("correspondence:piece", args=[piece.pk])


def save(client: Any, piece: Piece, *, act: str = "draft", **changes: Any) -> Any:
    """Save its page as it stands, with these fields; None leaves one out."""
    sent = opened(client, page_of(piece)) | {"act": act} | changes
    return client.post(page_of(piece), {name: value for name, value in sent.items() if value is not None})


@pytest.mark.parametrize("medium", ["email", "letter"])
def test_a_medium_is_unticked_and_ticked_again(kari, eva, owner, medium):
    kept = make.make_piece(eva, owner, medium="letter" if medium == "email" else "email")
    for ticked in ("on", None, "on", None, "on"):
        assert save(kari, kept, **{medium: ticked}).status_code == 302
    other = Piece.objects.get(medium=medium, state="draft")
    assert pair_of(kept, owner) == pair_of(other, owner)
    assert len(list(pair_of(kept, owner))) == 2
    assert Piece.objects.filter(state="cancelled", twin=None).count() == 2


def test_links_of_those_taken_back_before_are_no_hindrance(kari, eva, owner, email):
    make.make_piece(eva, owner, medium="letter", state="cancelled", reason="Not sent this way.", twin=email)
    assert save(kari, email, letter="on").status_code == 302
    assert Piece.objects.filter(twin=email, state="draft").exists()


@pytest.mark.parametrize("email_stays", [True, False])
def test_what_is_added_beside_a_draft_is_in_the_same_name(client, owner, eva, email_stays):
    colleague = make.make_user(display_name="Per Berg")
    theirs = make.make_piece(eva, colleague)
    client.force_login(owner)
    save(client, theirs, letter="on", email="on" if email_stays else None)
    letter = Piece.objects.get(medium="letter")
    assert letter.sender == colleague
    client.force_login(colleague)
    mine = theirs if email_stays else letter
    assert save(client, mine, subject="Mine still").status_code == 302
    assert set(Piece.objects.drafts().values_list("subject", flat=True)) == {"Mine still"}


def test_a_twin_that_one_may_not_change_stands_apart(eva, owner, email):
    colleague = make.make_user()
    theirs = make.make_piece(eva, colleague, medium="letter", twin=email)
    assert list(pair_of(theirs, colleague)) == [theirs]
    assert list(pair_of(theirs, owner)) == [email, theirs]


def test_not_sent_means_neither(kari, email):
    save(kari, email, letter="on")
    at = reverse("correspondence:piece_cancel", args=[email.pk])
    assert "neither e-mail nor letter" in kari.get(at).content.decode()
    kari.post(at, {"reason": "wrong price"})
    assert set(Piece.objects.values_list("state", "reason")) == {("cancelled", "wrong price")}


def test_two_at_once_do_not_write_over_each_other(owner, email, clock):
    """Both have read the same version, and both forms were found good before either saved."""
    seen = Piece.objects.get(pk=email.pk)
    clock.shift(1)
    services.change(owner, email, subject="Theirs")
    with pytest.raises(ValidationError, match="A colleague saved this"):
        services.change_and_queue(owner, seen, {"subject": "Mine"}, queue_it=False)
    with pytest.raises(ValidationError, match="A colleague saved this"):
        services.require_unchanged(owner, [seen])
    assert Piece.objects.get().subject == "Theirs"


def test_the_same_form_after_it_was_taken_back_is_another_mail(kari, owner, account, eva):
    make.make_identity(owner)
    at = reverse("correspondence:write", args=[account.pk])
    sent = opened(kari, at) | {"subject": "Hello", "body": "Hi", "act": "send"}
    kari.post(at, sent)
    services.cancel(owner, Piece.objects.get(), "too early")
    kari.post(at, sent)
    assert list(Piece.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "queued"]
    assert Message.objects.filter(state="pending").count() == 1


class TestWrittenAgain:
    @pytest.fixture
    def returned(self, owner: Any, email: Any) -> Any:
        make.make_identity(owner)
        services.queue(owner, email)
        send_due()
        Message.objects.update(returned_at="2026-11-26 12:00+00:00")
        email.refresh_from_db()
        return email

    def test_it_troubles_nobody_any_more(self, kari, owner, returned):
        assert "Came back" in kari.get(reverse("correspondence:day_line")).content.decode()
        again = afterwards.write_again(owner, returned)
        assert "Came back" not in kari.get(reverse("correspondence:day_line")).content.decode()
        services.cancel(owner, again, "not after all")
        assert "Came back" in kari.get(reverse("correspondence:day_line")).content.decode()

    def test_twice_leads_to_what_became_of_the_first(self, kari, owner, returned):
        again = services.queue(owner, afterwards.write_again(owner, returned))
        at = reverse("correspondence:piece_again", args=[returned.pk])
        answer = kari.post(at, follow=True)
        assert answer.redirect_chain[0][0] == page_of(again)
        assert "was written again already" in str(next(iter(answer.context["messages"])))


class TestAsItLeft:
    @pytest.fixture
    def sent(self, owner: Any, email: Any, clock: Any) -> Any:
        make.make_identity(owner, address="kari@tend.example", signature="Sales")
        services.queue(owner, email)
        send_due()
        clock.shift(60)
        owner.identity.name, owner.identity.address = "Kari Berg", "berg@tend.example"
        owner.identity.signature = "Board"
        owner.identity.save()
        email.contact.email = "new@acme.example"
        email.contact.save()
        return email

    def test_later_addresses_and_signatures_are_not_put_into_it(self, kari, sent):
        shown = kari.get(page_of(sent)).content.decode()
        assert "Kari Holm &lt;kari@tend.example&gt;" in shown
        assert "&lt;eva@acme.example&gt;" in shown
        for later in ("berg@tend.example", "new@acme.example", "Board"):
            assert later not in shown

    def test_after_half_a_year_it_is_still_ours(self, kari, sent):
        """The outbox has forgotten it by then."""
        Message.objects.all().delete()
        shown = kari.get(page_of(sent)).content.decode()
        assert "own mail program" not in shown
        assert "berg@tend.example" not in shown
        other = afterwards.sent_myself(sent.sender, make.make_piece(sent.contact, sent.sender))
        assert "own mail program" in kari.get(page_of(other)).content.decode()
