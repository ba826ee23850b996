"""In whose name a mail or letter leaves: nobody's but the sender's own, or of whom one stands in for."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from correspondence.models import Message, Piece
from correspondence.pieces import afterwards, services
from tests import factories as make
from tests.correspondence.pieces.test_writing import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague() -> Any:
    """Who has written on Kari's account."""
    found = make.make_user(display_name="Per Berg", email="per@tend.example")
    make.make_identity(found)
    return found


@pytest.fixture
def theirs(eva: Any, colleague: Any) -> Any:
    return make.make_piece(eva, colleague)


def page_of(piece: Piece) -> str:
    return reverse("correspondence:piece", args=[piece.pk])


@pytest.mark.parametrize("medium", ["email", "letter"])
@pytest.mark.parametrize("role", ["owner", "admin"])
def test_who_looks_after_the_account_sends_a_colleague_s_draft_in_their_own_name(
    owner, colleague, eva, role, medium
):
    user = owner if role == "owner" else make.make_user("admin")
    make.make_identity(user)
    piece = make.make_piece(eva, colleague, medium=medium)
    with pytest.raises(ValidationError, match="in the name of Per Berg"):
        services.queue(user, piece)
    assert not Message.objects.exists()
    sent = services.queue(user, services.take_over(user, piece))
    assert (sent.sender, sent.state) == (user, "queued")
    if medium == "email":
        assert sent.message.from_address == user.email


def test_who_stands_in_sends_in_the_other_s_name(owner, eva):
    make.make_identity(owner)
    manager, deputy = make.make_user("manager"), make.make_user()
    owner.deputy, owner.team = deputy, make.make_team(manager=manager)
    owner.save()
    for user in (manager, deputy):
        piece = services.queue(user, make.make_piece(eva, owner, created_by=None))
        assert piece.message.from_address == owner.email


def test_a_stranger_takes_nothing_over(theirs):
    with pytest.raises(PermissionDenied):
        services.take_over(make.make_user(), theirs)


def test_the_page_offers_to_send_it_in_ones_own_name(client, owner, theirs):
    make.make_identity(owner)
    client.force_login(owner)
    shown = client.get(page_of(theirs)).content.decode()
    assert "in the name of Per Berg" in shown
    assert 'value="send"' not in shown
    sent = opened(client, page_of(theirs)) | {"letter": "on"}
    refused = client.post(page_of(theirs), sent | {"act": "send"})
    assert "in the name of Per Berg" in refused.context["form"].non_field_errors()[0]
    assert client.post(page_of(theirs), sent | {"act": "send_as_me"}).status_code == 302
    assert {piece.sender for piece in Piece.objects.all()} == {owner}
    assert set(Piece.objects.values_list("state", flat=True)) == {"queued"}


def test_approved_with_others_it_stays_and_says_why(client, owner, eva, theirs):
    make.make_identity(owner)
    mine = make.make_piece(eva, owner)
    client.force_login(owner)
    at = reverse("correspondence:drafts")
    shown = client.get(f"{at}?whose=all")
    assert shown.context["sendable"] == {mine.pk}
    seen = [f"{piece.pk}@{piece.version}" for piece in (mine, theirs)]
    said = client.post(reverse("correspondence:approve"), {"piece": seen}, follow=True).context["messages"]
    assert "in the name of Per Berg" in " ".join(map(str, said))
    theirs.refresh_from_db()
    assert theirs.state == "draft"


def test_a_failed_mail_is_resent_by_its_sender_and_written_again_by_others(client, owner, colleague, theirs):
    piece = services.queue(colleague, theirs)
    Message.objects.update(state="failed", last_error="550 no")
    with pytest.raises(ValidationError, match="write it again in yours"):
        afterwards.resend(owner, piece)
    client.force_login(owner)
    assert (
        reverse("correspondence:piece_resend", args=[piece.pk])
        not in client.get(page_of(piece)).content.decode()
    )
    assert afterwards.write_again(owner, piece).sender == owner
    assert Message.objects.get().state == "failed"


def test_sent_from_one_s_own_program_it_is_one_s_own(owner, theirs):
    sent = afterwards.sent_myself(owner, theirs)
    assert (sent.sender, sent.logged.user) == (owner, owner)


class TestLeftBehind:
    """Drafts and troubles of who works here no more."""

    @pytest.fixture(autouse=True)
    def _gone(self, colleague: Any, theirs: Any) -> None:
        colleague.is_active = False
        colleague.save()

    def test_the_owner_of_the_account_finds_and_sends_the_draft(self, client, owner, theirs):
        make.make_identity(owner)
        client.force_login(owner)
        assert theirs in client.get(reverse("correspondence:drafts")).context["page"].rows
        sent = opened(client, page_of(theirs)) | {"act": "send_as_me"}
        assert client.post(page_of(theirs), sent).status_code == 302
        assert Message.objects.get().from_address == owner.email

    def test_no_letter_leaves_in_their_name(self, eva, colleague):
        manager = make.make_user("manager")
        with pytest.raises(ValidationError, match="does not work here any more"):
            services.queue(manager, make.make_piece(eva, colleague, medium="letter"))

    def test_the_owner_sees_on_the_day_what_did_not_arrive(self, client, owner, theirs):
        message = Message.objects.create(
            kind="piece", topic="service", recipient="eva@acme.example", key="x", state="failed",
            payload={"piece": theirs.pk}, next_try_at=theirs.created_at, message_id="<x@tend.example>",
        )  # fmt: skip
        Piece.objects.filter(pk=theirs.pk).update(state="queued", message=message)
        for user, sees in ((owner, True), (make.make_user(), False)):
            client.force_login(user)
            shown = client.get(reverse("correspondence:day_line")).content.decode()
            assert ("Not sent:" in shown) == sees
