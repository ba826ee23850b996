"""The box's own words follow the questions and the browser, and are all there."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from uuid import uuid4

import pytest

from tests.ballotbox import catalogues
from tests.ballotbox.test_box import GOOD, alike, refused_links, visible
from tests.ballots import Box, Wave, questionnaire

FRENCH = {"Accept-Language": "fr-CH, fr;q=0.9, en;q=0.8"}
GERMAN = {"Accept-Language": "de-AT,de;q=0.9"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture
def wave(box: Box) -> Wave:
    return box.wave()


def in_four(box: Box) -> Wave:
    """The same questions, offered in four languages."""
    return box.wave(replace(questionnaire(), languages=("en", "de", "fr", "es")))


@pytest.mark.parametrize("language", catalogues.languages())
def test_everything_the_box_says_is_translated(language: str) -> None:
    wanted, there = catalogues.said(), catalogues.translated(language)
    texts = {message.id: there.get(message.id) for message in wanted if message.id}
    assert {text for text, found in texts.items() if not found or found.fuzzy or not found.string} == set()
    assert {message.id for message in there if message.id} - set(texts) == set()
    for text, found in texts.items():
        forms = found.string if isinstance(found.string, tuple) else (found.string,)
        assert len(forms) == (there.num_plurals if isinstance(text, tuple) else 1)
        for form in forms:
            original = text[-1] if isinstance(text, tuple) else text
            assert sorted(PLACEHOLDER.findall(form)) == sorted(PLACEHOLDER.findall(original)), form


def test_a_german_survey_is_german_all_through(box: Box, wave: Wave) -> None:
    link = f"/s/{wave.ticket(language='de')}"
    page = box.get(link)
    assert '<html lang="de">' in page.text
    for words in ("Antworten absenden", "Was gespeichert wird", "Pflichtfrage", "Anonym: Ihre Antworten"):
        assert words in visible(page)
    assert re.search(r"Offen bis \d+\. \w+ \d{4}\.", visible(page))
    for words in ("Send my answers", "required", "No answer", "Does not apply"):
        assert words not in visible(page)
    refused = box.post(link, {"_language": "de"})
    assert "Bitte beantworten Sie diese Frage" in visible(refused)
    thanks = box.post(link, GOOD | {"_language": "de"})
    assert "Vielen Dank" in visible(thanks)
    assert thanks.body == box.post(link, GOOD | {"_language": "de"}).body  # a second ballot hears the same


def test_a_language_without_words_of_ours_has_english_ones(box: Box) -> None:
    wave = box.wave(replace(questionnaire(), languages=("nb", "en")))
    assert "Send my answers" in visible(box.get(f"/s/{wave.ticket(language='nb')}"))


def test_the_switch_names_languages_as_they_name_themselves(box: Box) -> None:
    wave = in_four(box)
    page = box.get(f"/s/{wave.ticket(language='fr')}")
    switch = page.text.partition('class="languages"')[2].partition("</div>")[0]
    assert re.findall(r'lang="(\w+)">(\w+)</button>', switch) == [
        ("en", "English"), ("de", "Deutsch"), ("es", "Español"),
    ]  # fmt: skip
    assert "Envoyer mes réponses" in visible(page)
    spanish = box.post(f"/s/{wave.ticket(language='fr')}", {"_show": "es"})
    assert "Enviar mis respuestas" in visible(spanish)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "This link does not open a survey (any more)"),
        (GERMAN, "Dieser Link öffnet keine Umfrage (mehr)"),
        (FRENCH, "Ce lien n’ouvre pas (ou plus) d’enquête"),
        ({"Accept-Language": "nb"}, "This link does not open a survey (any more)"),
        ({"Accept-Language": ";;q=x" * 90}, "This link does not open a survey (any more)"),
    ],
    ids=["none", "German", "French", "unknown", "rubbish"],
)
def test_pages_that_open_nothing_are_one_in_every_language(
    box: Box, wave: Wave, headers: dict[str, str], said: str
) -> None:
    nowhere = box.ask("GET", "/no/such/page", **headers)
    assert (nowhere.status, said in visible(nowhere)) == (404, True)
    for why, link in refused_links(box, wave).items():
        assert alike(box.ask("GET", f"/s/{link}", **headers)) == alike(nowhere), why
        assert alike(box.ask("POST", f"/s/{link}", GOOD, **headers)) == alike(nowhere), why
    assert alike(box.ask("GET", f"/w/{uuid4()}", **headers)) == alike(nowhere)


def test_the_public_page_speaks_the_language_of_the_survey_or_of_the_browser(box: Box, wave: Wave) -> None:
    public = f"/w/{wave.id}"
    link = re.search(r'href="(/w/[^"]+)"', box.get(f"/s/{wave.ticket(language='de')}").text)
    assert link is not None
    german = box.get(link[1])
    assert german.body == box.ask("GET", public, **GERMAN).body == box.ask("GET", link[1], **FRENCH).body
    assert "Was gespeichert wird, wenn Sie antworten" in visible(german)
    assert "What is stored when you answer" in visible(box.get(public))
    assert "What is stored when you answer" in visible(box.get(f"{public}?language=../x"))
    for other in re.findall(r'href="(\?language=\w+)"', german.text):
        assert box.get(public + other).body != german.body


def test_pages_have_one_size_in_every_language(box: Box) -> None:
    wave = in_four(box)
    sizes = [
        tuple(
            len(page.body)
            for page in (
                box.get(f"/s/{wave.ticket(language=code)}"),
                box.post(f"/s/{wave.ticket(language=code)}", GOOD | {"_language": code}),
                box.get(f"/w/{wave.id}?language={code}"),
                box.ask("GET", "/s/x", **{"Accept-Language": code}),
            )
        )
        for code in ("en", "de", "fr", "es")
    ]
    assert all(one == other for one, other in pairwise(sizes))
