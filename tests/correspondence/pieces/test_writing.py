"""The page of words: one text for e-mail and letter, saved, sent, refused, never lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contacts.models import Contact
from correspondence.models import Message, Piece, PieceFile
from correspondence.services import send_due
from tests import factories as make
from tests.correspondence.pieces.conftest import TODAY

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 offer"


@pytest.fixture
def words() -> Any:
    return make.make_template(
        subject="Thank you, {{contact_first_name}}",
        body="\n\n".join(
            [
                "{{salutation}}",
                "{{talk_summary}}",
                "{{talk_agreed}}",
                "Next: {{next_contact}}.",
                "Kind regards",
            ]
        ),
    )


@pytest.fixture
def next_call(account: Any, owner: Any) -> Any:
    return make.make_touchpoint(account, owner, date(2027, 1, 8))


@pytest.fixture
def kari(client: Client, owner: Any) -> Client:
    client.force_login(owner)
    return client


def typed(form: Any, **changes: Any) -> dict[str, Any]:
    """What the browser would send of a form, with what somebody typed."""
    sent = {name: form[name].value() for name in form.fields if name not in ("uploads", "chosen")}
    sent = {name: value for name, value in sent.items() if value not in (None, False, "", [])}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def opened(client: Client, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200
    return typed(response.context["form"])


def thanks(talk: Any) -> str:
    return reverse("correspondence:thank_you", args=[talk.pk])


class TestThankYou:
    def test_e_mail_and_letter_say_what_was_agreed_and_when_we_talk_next(self, kari, talk, words, next_call):
        response = kari.get(thanks(talk))
        form = response.context["form"]
        assert (form["email"].value(), form["letter"].value()) == (True, True)
        assert form["body"].value() == (
            "Dear Eva Lind,\n\nTwo new pumps in spring.\n\n- We: Send the quote (30 November 2026)\n\n"
            "Next: Call on 8 January 2027.\n\nKind regards"
        )
        assert b"We ask in 4 days whether it came" in response.content

    def test_it_speaks_the_language_of_the_contact(self, kari, talk, words, next_call, eva):
        make.make_template(
            template=words.template, language="de", subject="Danke", body="{{salutation}} {{next_contact}}"
        )
        Contact.objects.filter(pk=eva.pk).update(language="de")
        form = kari.get(thanks(talk)).context["form"]
        assert form["body"].value() == "Guten Tag Eva Lind, Anruf am 8. Januar 2027"

    def test_one_click_sends_both_and_a_second_one_changes_nothing(
        self, kari, owner, account, talk, words, next_call, django_capture_on_commit_callbacks
    ):
        make.make_identity(owner)
        sent = opened(kari, thanks(talk)) | {"act": "send"}
        for _click in range(2):
            response = kari.post(thanks(talk), sent)
            assert response["Location"] == reverse("accounts:detail", args=[account.pk])
        email, letter = Piece.objects.order_by("medium")
        assert (email.state, letter.state, letter.twin) == ("queued", "queued", email)
        assert email.body == letter.body
        assert (email.about, email.use) == (talk, "thank_you")
        assert Message.objects.get().recipient == "eva@acme.example"
        send_due()
        [mail] = django_mail.outbox
        assert mail.body.endswith("Kari Holm\nKey account manager")
        email.refresh_from_db()
        assert email.state == "left"

    def test_the_letter_may_have_words_of_its_own(self, kari, owner, talk):
        make.make_identity(owner)
        own = {"differs": "on", "letter_subject": "Dear all", "letter_body": "On paper"}
        sent = opened(kari, thanks(talk)) | {"subject": "Hello", "body": "By mail", "act": "send"} | own
        kari.post(thanks(talk), sent)
        assert dict(Piece.objects.values_list("medium", "body")) == {"email": "By mail", "letter": "On paper"}

    def test_unticked_is_not_sent(self, kari, talk):
        sent = opened(kari, thanks(talk)) | {"subject": "Hello", "body": "Hi", "act": "send"}
        del sent["email"]
        kari.post(thanks(talk), sent)
        assert list(Piece.objects.values_list("medium", "state")) == [("letter", "queued")]

    def test_both_or_nothing(self, kari, talk):
        """Without an address of one's own the e-mail cannot leave; the letter and its words wait for it."""
        sent = opened(kari, thanks(talk)) | {"subject": "Hello", "body": "Typed with care", "act": "send"}
        response = kari.post(thanks(talk), sent)
        assert response.status_code == 422
        assert b"no verified address" in response.content
        assert b"Typed with care" in response.content
        assert not Piece.objects.exists()

    def test_a_gap_is_not_sent_and_names_the_account(self, kari, owner, talk, words):
        make.make_identity(owner)
        sent = opened(kari, thanks(talk)) | {"act": "send"}
        assert "{{next_contact}}" in sent["body"]
        response = kari.post(thanks(talk), sent)
        [error] = response.context["form"].errors["body"]
        assert "Acme" in error
        assert "{{next_contact}}" in error
        assert not Piece.objects.exists()

    def test_an_address_that_lacks_something_is_said_with_the_cure(self, kari, owner, account, talk):
        make.make_identity(owner)
        account.city = ""
        account.save()
        sent = opened(kari, thanks(talk)) | {"subject": "Hello", "body": "Hi", "act": "send"}
        response = kari.post(thanks(talk), sent)
        assert "city" in response.context["form"].errors["letter"][0]
        assert reverse("accounts:edit", args=[account.pk]).encode() in response.content

    def test_without_a_named_contact_there_is_a_way_to_add_one_and_back(self, kari, account, owner):
        talk = make.make_interaction(account, owner, happened_on=TODAY)
        response = kari.get(thanks(talk))
        add = f"{reverse('contacts:add', args=[account.pk])}?next={thanks(talk).replace('/', '%2F')}"
        assert add.replace("%2F", "/").encode() in response.content.replace(b"%2F", b"/")
        sent = typed(response.context["form"], subject="Hello", body="Hi", act="send")
        assert "contact" in kari.post(thanks(talk), sent).context["form"].errors
        added = kari.post(add, {"first_name": "Per", "last_name": "Berg"})
        per = Contact.objects.get(last_name="Berg")
        assert added["Location"] == f"{thanks(talk)}?contact={per.pk}"
        assert kari.get(added["Location"]).context["form"]["contact"].value() == per.pk

    def test_what_they_do_not_want_needs_a_reason(self, kari, owner, talk, eva):
        make.make_identity(owner)
        Contact.objects.filter(pk=eva.pk).update(refused_channels=["letter"])
        sent = opened(kari, thanks(talk)) | {"subject": "Hello", "body": "Hi", "act": "send"}
        assert "refused_reason" in kari.post(thanks(talk), sent).context["form"].errors
        kari.post(thanks(talk), sent | {"refused_reason": "Asked for it"})
        reasons = dict(Piece.objects.values_list("medium", "refused_reason"))
        assert reasons == {"email": "", "letter": "Asked for it"}

    def test_a_draft_is_gone_on_with(self, kari, talk):
        sent = opened(kari, thanks(talk)) | {"subject": "Hello", "body": "Hi", "act": "draft"}
        kept = kari.post(thanks(talk), sent)
        assert kari.get(thanks(talk))["Location"] == kept["Location"]
        assert Piece.objects.drafts().count() == 2


class TestSomebodyElse:
    @pytest.fixture
    def per(self, account: Any) -> Any:
        return make.make_contact(account, first_name="Per", last_name="Berg", language="de")

    def preview(self, kari: Client, account: Any, sent: dict[str, Any]) -> Any:
        at = reverse("correspondence:preview", args=[account.pk])
        return kari.post(at, sent, HTTP_HX_REQUEST="true")

    def test_untouched_words_are_written_anew(self, kari, account, talk, words, per):
        sent = opened(kari, thanks(talk)) | {"contact": per.pk, "act": "contact"}
        form = self.preview(kari, account, sent).context["form"]
        assert form["subject"].value() == "Thank you, Per"

    def test_typed_words_keep_all_but_the_salutation(self, kari, account, talk, per):
        sent = opened(kari, thanks(talk))
        sent |= {"body": "Dear Eva Lind,\n\nTyped with care", "contact": per.pk, "act": "contact"}
        form = self.preview(kari, account, sent).context["form"]
        assert form["body"].value() == "Dear Per Berg,\n\nTyped with care"
        assert not Piece.objects.exists()

    def test_the_preview_shows_what_would_be_read(self, kari, owner, account, talk):
        make.make_identity(owner, signature="**Kari**")
        sent = opened(kari, thanks(talk)) | {"body": "Hello <script>alert(1)</script> *you*"}
        page = self.preview(kari, account, sent).content.decode()
        assert "<script" not in page
        for shown in ("&lt;script&gt;", "<em>you</em>", "<strong>Kari</strong>"):
            assert shown in page
        assert "Storgata 1" in page


class TestDrafts:
    @pytest.fixture
    def at(self, eva: Any, owner: Any) -> str:
        return reverse("correspondence:piece", args=[make.make_piece(eva, owner).pk])

    def test_words_are_changed_and_a_letter_is_added(self, kari, at):
        sent = opened(kari, at) | {"body": "Other words", "letter": "on", "act": "draft"}
        assert kari.post(at, sent).status_code == 302
        assert set(Piece.objects.values_list("medium", "body")) == {
            ("email", "Other words"),
            ("letter", "Other words"),
        }

    def test_what_a_colleague_saved_meanwhile_is_not_overwritten(self, kari, at, clock):
        mine, theirs = opened(kari, at), opened(kari, at)
        clock.shift(60)
        kari.post(at, theirs | {"subject": "Theirs", "act": "draft"})
        response = kari.post(at, mine | {"subject": "Mine", "act": "send"})
        assert response.status_code == 422
        assert "Theirs" in response.context["form"].non_field_errors()[0]
        again = typed(response.context["form"], act="draft")
        assert again["subject"] == "Mine"
        kari.post(at, again)
        assert Piece.objects.get().subject == "Mine"

    def test_the_same_draft_sent_twice_is_sent_once(self, kari, owner, at):
        make.make_identity(owner)
        sent = opened(kari, at) | {"act": "send"}
        kari.post(at, sent)
        assert kari.post(at, sent)["Location"] == at
        assert Message.objects.count() == 1


class TestFiles:
    @pytest.fixture
    def at(self, account: Any, eva: Any, owner: Any) -> str:
        make.make_identity(owner)
        return reverse("correspondence:write", args=[account.pk])

    def test_uploaded_and_chosen_files_go_with_the_mail(self, kari, at, account, owner):
        chosen = make.make_file(account, owner)
        upload = SimpleUploadedFile("Angebot Ø.pdf", PDF)
        sent = opened(kari, at) | {"subject": "Offer", "body": "See below", "act": "send"}
        kari.post(at, sent | {"uploads": [upload], "chosen": [chosen.pk]})
        send_due()
        [mail] = django_mail.outbox
        assert {(one[0], one[1]) for one in mail.attachments} == {
            ("Angebot Ø.pdf", PDF), ("quote.pdf", b"%PDF-1.7 quote"),
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "content", "why"),
        [("film.pdf", b"%PDF-" + bytes(40 * 1024 * 1024), "40.0 MB"), ("run.exe", b"MZ1", "Only PDF")],
    )
    def test_a_file_that_is_refused_keeps_the_words(self, kari, at, name, content, why):
        sent = opened(kari, at) | {"subject": "Offer", "body": "Typed with care", "act": "send"}
        response = kari.post(at, sent | {"uploads": [SimpleUploadedFile(name, content)]})
        [error] = response.context["form"].errors["uploads"]
        assert name in error
        assert why in error
        assert b"Typed with care" in response.content
        assert not Piece.objects.exists()

    @pytest.mark.parametrize(
        ("count", "size", "why"), [(11, 10, "At most 10 files"), (4, 4 * 1024 * 1024, "Together")]
    )
    def test_too_many_or_too_much_together(self, kari, at, count, size, why):
        uploads = [SimpleUploadedFile(f"{n}.pdf", b"%PDF-" + bytes(size)) for n in range(count)]
        sent = opened(kari, at) | {"subject": "Offer", "body": "Hi", "act": "draft", "uploads": uploads}
        assert why in kari.post(at, sent).context["form"].errors["uploads"][0]

    def test_a_file_is_taken_off_and_its_bytes_go(self, kari, at, django_capture_on_commit_callbacks):
        sent = opened(kari, at) | {"subject": "Offer", "body": "Hi", "act": "draft"}
        kept = kari.post(at, sent | {"uploads": [SimpleUploadedFile("a.pdf", PDF)]})["Location"]
        row = PieceFile.objects.get()
        stored = Path(row.file.path)
        again = opened(kari, kept)
        assert again["kept"] == [row.pk]
        with django_capture_on_commit_callbacks(execute=True):
            kari.post(kept, again | {"kept": [], "act": "draft"})
        assert not PieceFile.objects.exists()
        assert not stored.exists()

    def test_a_download_is_never_a_page(self, kari, at):
        sent = opened(kari, at) | {"subject": "Offer", "body": "Hi", "act": "draft"}
        kari.post(at, sent | {"uploads": [SimpleUploadedFile("a.pdf", PDF)]})
        answer = kari.get(reverse("correspondence:piece_file", args=[PieceFile.objects.get().pk]))
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"".join(answer.streaming_content) == PDF
