"""Which words stand on the page: of which medium, in which language, from where; and the way back to it."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from contacts.models import Contact
from correspondence.models import Piece
from correspondence.placeholders import Subject, values_for
from tests import factories as make
from tests.correspondence.pieces.test_writing import opened, thanks, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari(client: Any, owner: Any) -> Any:
    client.force_login(owner)
    return client


@pytest.fixture
def words() -> Any:
    return make.make_template(subject="By mail", body="{{salutation}}\n\nby mail.\n\nKind regards")


def on_paper(words: Any, **fields: Any) -> Any:
    """The letter of the same template."""
    said = {"subject": "On paper", "body": "{{salutation}}\n\non paper.\n\nYours sincerely"} | fields
    return make.make_template(template=words.template, medium="letter", **said)


def turned(client: Any, account: Any, sent: dict[str, Any], act: str) -> Any:
    at = reverse("correspondence:preview", args=[account.pk])
    return client.post(at, sent | {"act": act}, HTTP_HX_REQUEST="true").context["form"]


class TestMedium:
    def test_only_a_letter_takes_the_letter_s_words(self, kari, account, eva, words):
        letter = on_paper(words)
        sent = opened(kari, f"{reverse('correspondence:write', args=[account.pk])}?medium=letter")
        form = turned(kari, account, sent | {"template": words.template_id}, "words")
        assert (form["subject"].value(), form["text"].value()) == ("On paper", letter.pk)
        form = turned(
            kari, account, sent | {"template": words.template_id, "letter": "", "email": "on"}, "words"
        )
        assert form["subject"].value() == "By mail"

    def test_where_they_say_something_else_both_have_their_own(self, kari, talk, words):
        letter = on_paper(words)
        form = kari.get(thanks(talk)).context["form"]
        assert (form["subject"].value(), form["letter_subject"].value()) == ("By mail", "On paper")
        kari.post(thanks(talk), typed(form, act="draft"))
        assert set(Piece.objects.values_list("medium", "subject", "text")) == {
            ("email", "By mail", words.pk), ("letter", "On paper", letter.pk),
        }  # fmt: skip

    def test_another_closing_is_no_other_text(self, kari, talk, words):
        on_paper(words, subject="By mail", body="{{salutation}}\n\nby mail.\n\nYours sincerely")
        form = kari.get(thanks(talk)).context["form"]
        assert not form["differs"].value()

    def test_own_words_that_somebody_typed_stay_with_another_person(self, kari, account, talk, words):
        on_paper(words)
        per = make.make_contact(account, first_name="Per", last_name="Berg")
        sent = opened(kari, thanks(talk)) | {"contact": per.pk}
        form = turned(kari, account, sent, "contact")
        assert form["letter_body"].value() == "Dear Per Berg,\n\non paper.\n\nYours sincerely"
        sent["letter_body"] = "Dear Eva Lind,\n\ntyped with care"
        form = turned(kari, account, sent, "contact")
        assert form["letter_body"].value() == "Dear Per Berg,\n\ntyped with care"


class TestLanguage:
    def test_a_mail_is_in_the_language_of_its_words(self, kari, talk, eva, words):
        Contact.objects.filter(pk=eva.pk).update(language="it")
        form = kari.get(thanks(talk)).context["form"]
        assert form["language"].value() == "en"
        kari.post(thanks(talk), typed(form, act="draft"))
        assert set(Piece.objects.values_list("language", flat=True)) == {"en"}

    def test_another_template_is_the_one_it_was_written_with(self, kari, talk, words):
        kari.post(thanks(talk), opened(kari, thanks(talk)) | {"act": "draft"})
        other = make.make_template(subject="Other")
        at = reverse("correspondence:piece", args=[Piece.objects.get(medium="email").pk])
        form = turned(kari, talk.account, opened(kari, at) | {"template": other.template_id}, "words")
        sent = opened(kari, at) | {"text": form["text"].value(), "act": "draft"}
        kari.post(at, sent)
        assert set(Piece.objects.values_list("text", flat=True)) == {other.pk}

    @pytest.mark.parametrize("nonsense", ["²", "x" * 50, "../..", "\x00", "-"])
    def test_nonsense_in_hidden_fields_is_refused(self, kari, account, talk, nonsense):
        sent = opened(kari, thanks(talk)) | {"subject": "Hello", "body": "Hi", "act": "draft"}
        for name in ("language", "contact", "addressed", "text", "letter_text", "template", "kept"):
            wrong = sent | {name: nonsense}
            assert kari.post(thanks(talk), wrong).status_code == 422, name
            at = reverse("correspondence:preview", args=[account.pk])
            assert kari.post(at, wrong).status_code == 200, name


class TestFromTheLog:
    def test_what_was_logged_is_pointed_out(self, kari, talk):
        note = b"read it as the customer will"
        assert note not in kari.get(thanks(talk)).content
        make.make_template(subject="Thanks", body="{{salutation}}\n\n{{talk_summary}}")
        response = kari.get(thanks(talk))
        assert note in response.content
        kept = kari.post(thanks(talk), typed(response.context["form"], act="draft"))
        assert note in kari.get(kept["Location"]).content
        assert note in kari.get(reverse("correspondence:drafts")).content


class TestThereAndBack:
    """Somebody is missing: added, and on with the words."""

    def added(self, client: Any, page: Any) -> str:
        """The address where *Add somebody* of a page leads to in the end."""
        links = [part.split('"')[0] for part in page.content.decode().split('href="')]
        add = next(link for link in links if "next=" in link)
        answer = client.post(
            add.replace("&amp;", "&"), {"first_name": "Per", "last_name": "Berg", "email": "per@acme.example"}
        )
        return str(answer["Location"])

    def test_medium_and_person_stand_in_the_address(self, kari, account):
        at = f"{reverse('correspondence:write', args=[account.pk])}?medium=letter"
        page = kari.get(at)
        preview = kari.post(page.context["desk"].preview_address, typed(page.context["form"]))
        for shown in (page, preview):
            back = urlsplit(self.added(kari, shown))
            per = Contact.objects.latest("pk")
            assert back.path == reverse("correspondence:write", args=[account.pk])
            assert parse_qs(back.query) == {"medium": ["letter"], "contact": [str(per.pk)]}
            form = kari.get(f"{back.path}?{back.query}").context["form"]
            assert (form["contact"].value(), form["letter"].value()) == (per.pk, True)

    def test_a_draft_is_turned_to_them(self, kari, eva, owner):
        draft = make.make_piece(eva, owner)
        at = reverse("correspondence:piece", args=[draft.pk])
        back = self.added(kari, kari.get(at))
        form = kari.get(back).context["form"]
        assert form["contact"].value() == Contact.objects.latest("pk").pk
        assert form["body"].value() == "Dear Per Berg,\n\nthank you."
        kari.post(back, typed(form, act="draft"))
        draft.refresh_from_db()
        assert draft.contact.name == "Per Berg"


class TestValues:
    def test_the_address_that_mails_leave_from(self, owner, account, eva):
        subject = Subject(account.pk, eva.pk, owner.pk)
        assert values_for([subject])[0]["sender_email"] == "kari@tend.example"
        identity = make.make_identity(owner, address="k.holm@tend.example", verified_at=None)
        assert values_for([subject])[0]["sender_email"] == "kari@tend.example"
        identity.verified_at = identity.created_at
        identity.save()
        assert values_for([subject])[0]["sender_email"] == "k.holm@tend.example"

    def test_whose_promise_it_is(self, owner, account, eva, talk):
        make.make_promise(
            account, owner, date(2026, 12, 2), interaction=talk, what="Name the dates", by_us=False
        )
        subjects = [Subject(account.pk, eva.pk, owner.pk, one, talk.pk) for one in ("en", "de", "xx")]
        assert [values["talk_agreed"].splitlines()[1] for values in values_for(subjects)] == [
            "- You: Name the dates (2 December 2026)",
            "- Sie: Name the dates (2. Dezember 2026)",
            "- You: Name the dates (2 December 2026)",
        ]
