"""The templates that a new installation begins with."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from correspondence.models import Template, TemplateText, Use
from correspondence.placeholders import KNOWN, examples
from correspondence.texts.seed_data import CLOSINGS, TEMPLATES
from correspondence.texts.seeding import seed
from correspondence.texts.services import Words, filled, pick
from correspondence.texts.services.changing import check_words
from correspondence.words.filling import names_in
from correspondence.words.languages import base_of
from tests import factories as make

LANGUAGES = {"en", "de", "fr", "es", "nb"}
OWN_WORDS = {
    "thank_you": {"talk_on", "talk_summary", "talk_agreed", "next_contact"},
    "meeting": {"meeting_when", "meeting_where", "meeting_purpose"},
    "gift": {"gift"},
}
ALWAYS_THERE = {"company", "account"}


@pytest.mark.parametrize("use", [use for use in Use.values if use != Use.OTHER])
def test_each_use_in_every_language_and_by_both_ways(use):
    _name, texts = TEMPLATES[use]
    assert texts.keys() == LANGUAGES
    for closings in CLOSINGS.values():
        assert closings.keys() == LANGUAGES
    for subject, words in texts.values():
        found = names_in(subject) | names_in(words)
        assert found <= KNOWN
        # what an account may lack would keep the welcome from leaving
        assert found - ALWAYS_THERE == OWN_WORDS.get(use, set())


@pytest.mark.django_db
class TestSeed:
    def test_sixty_texts_that_pass_the_check_and_read_well(self):
        assert seed() == 6
        assert TemplateText.objects.count() == 60
        for text in TemplateText.objects.select_related("template"):
            check_words(Words(text.medium, text.language, text.subject, text.body))
            written = filled(text, examples())
            assert written.is_complete
            assert written.body.startswith("Dear Eva Lind,\n\n")
            begins = written.body.split("\n\n")[1][0]
            assert begins.islower() == (base_of(text.language) == "de")  # after a comma, in German

    def test_again_changes_nothing_and_what_people_changed_stays(self):
        make.make_template(use="gift")
        assert seed() == 5
        text = pick(Use.WELCOME, "email", "en")
        template = text.template
        template.name, template.is_retired = "Hello", True
        template.save()
        before = list(TemplateText.objects.order_by("pk").values())
        call_command("seed")
        assert list(TemplateText.objects.order_by("pk").values()) == before
        assert Template.objects.filter(use="welcome").count() == 1
