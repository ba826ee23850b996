"""Which words are taken, and what becomes of them with one person's values."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from correspondence.models import Use
from correspondence.pieces.services import change, queue
from correspondence.placeholders import Subject
from correspondence.texts.services import pick, pick_many, unwritten, write, write_many
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make.make_user(display_name="Kari Holm")


@pytest.fixture
def thanks():
    """English e-mail in two versions, German e-mail, English letter."""
    first = make.make_template()
    template = first.template
    make.make_template(template=template, body="{{salutation}}\n\nthe second version.")
    make.make_template(template=template, language="de", body="{{salutation}}\n\nvielen Dank.")
    make.make_template(template=template, medium="letter", body="{{salutation}}\n\na letter.")
    return template


def subject_of(owner, language="en", **account):
    account = make.make_account(owner, **account)
    return Subject(account.pk, make.make_contact(account, last_name="Lind").pk, owner.pk, language)


class TestPick:
    @pytest.mark.parametrize(
        ("language", "found"),
        [("en", ("en", 2)), ("de", ("de", 1)), ("de-AT", ("de", 1)), ("de_ch", ("de", 1)), ("fr", ("en", 2)),
         ("", ("en", 2)), ("en-GB", ("en", 2))],
    )  # fmt: skip
    def test_the_very_language_then_its_base_then_the_templates(self, thanks, language, found):
        text = pick(thanks, "email", language)
        assert (text.language, text.number) == found

    def test_norwegian_by_any_of_its_names(self):
        text = make.make_template(language="nb")
        assert pick(text.template, "email", "no") == pick(text.template, "email", "nn") == text

    def test_of_a_use_the_best_fit_then_the_first_by_name(self, thanks):
        french = make.make_template(language="fr")
        assert pick(Use.THANK_YOU, "email", "fr") == french
        assert pick(Use.THANK_YOU, "email", "it").template == thanks
        assert pick(Use.GIFT, "email", "en") is None
        assert pick(Use.THANK_YOU, "letter", "en").body.endswith("a letter.")

    def test_nobody_gets_a_language_that_neither_they_nor_the_template_speak(self):
        spanish = make.make_template(language="es")  # of a template that stands in in English
        assert pick(spanish.template, "email", "fr") is None

    def test_retired_ones_only_by_themselves(self, thanks):
        thanks.is_retired = True
        thanks.save()
        assert pick(Use.THANK_YOU, "email", "en") is None
        assert pick(thanks, "email", "en") is not None

    def test_any_number_of_languages_cost_one_query(self, thanks, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = pick_many(thanks, "email", ["de", "fr", "de-AT", "en", "de"])
        assert {language: text.language for language, text in found.items()} == {
            "de": "de", "fr": "en", "de-AT": "de", "en": "en",
        }  # fmt: skip


class TestWrite:
    def test_words_from_salutation_to_closing(self, thanks, owner):
        written = write(pick(thanks, "email", "de-AT"), subject_of(owner, "de-AT"))
        assert written.is_complete
        assert written.subject == "Thank you, Eva Lind"
        assert written.body == "Guten Tag Eva Lind,\n\nvielen Dank."

    def test_greeted_in_the_language_of_the_words(self, thanks, owner):
        written = write(pick(thanks, "email", "it"), subject_of(owner, "it"))
        assert written.body.startswith("Dear Eva Lind,")

    def test_what_is_missing_is_named_and_nothing_half_is_written(self, thanks, owner):
        text = make.make_template(subject="{{gift}}", body="To {{account_city}}: {{gift}} from {{account}}")
        jobs = [(text, subject_of(owner, name="Acme")), (text, subject_of(owner, city="Oslo"))]
        written = list(write_many(jobs))
        assert [(one.subject, one.body) for one in written] == [("", "")] * 2
        assert written[0].missing == ("account_city", "gift")
        assert unwritten(jobs, written)[0] == "Acme: City of the account, What we send"

    def test_with_gaps_for_somebody_who_fills_them(self, owner):
        text = make.make_template(subject="{{gift}}", body="{{salutation}}\n\n{{gift}} in *{{ gift }}*")
        written = write(text, subject_of(owner), gaps=True)
        assert (written.subject, written.missing) == ("{{gift}}", ("gift",))
        assert written.body == "Dear Eva Lind,\n\n{{gift}} in *{{gift}}*"

    def test_what_still_has_gaps_waits_as_a_draft_and_does_not_leave(self, owner):
        text = make.make_template(subject="A gift", body="{{salutation}}\n\n{{gift}} for you")
        contact = make.make_contact(make.make_account(owner, name="Acme"), email="eva@acme.example")
        make.make_identity(owner)
        written = write(text, Subject(contact.account_id, contact.pk, owner.pk), gaps=True)
        piece = make.make_piece(contact, owner, subject=written.subject, body=written.body)
        with pytest.raises(ValidationError, match=r"For Acme there is no value for \{\{gift\}\}"):
            queue(owner, piece)
        change(owner, piece, body=written.body.replace("{{gift}}", "Honey"))
        assert queue(owner, piece).state == "queued"

    def test_two_and_twenty_cost_the_same(self, thanks, owner, django_assert_num_queries):
        make.make_company()
        text = pick(thanks, "email", "en")
        for count in (2, 20):
            jobs = [(text, subject_of(owner)) for _ in range(count)]
            with django_assert_num_queries(8):  # no talk is asked for
                assert len(list(write_many(jobs))) == count

    def test_more_than_a_batch_keeps_its_order(self, owner, monkeypatch):
        monkeypatch.setattr("correspondence.texts.services.writing.AT_ONCE", 2)
        text = make.make_template(body="{{account}} since {{customer_since}}")
        jobs = [
            (text, subject_of(owner, name=f"Number {n}", became_customer_on=date(2025, 1, 15)))
            for n in range(5)
        ]
        assert [one.body for one in write_many(jobs)] == [
            f"Number {n} since 15 January 2025" for n in range(5)
        ]
