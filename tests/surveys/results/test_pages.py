"""What managers read of released waves, through real ballots and the real tally."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests import factories as make
from tests.ballots import Ballots
from tests.surveys.results import worlds

pytestmark = pytest.mark.django_db
INVITED = {"": 140, "tier:Large": 80, "tier:Small": 60}


@pytest.fixture
def manager(ballots: Ballots, client: Client) -> Client:
    client.force_login(make.make_user("manager"))
    return client


def text_of(page: Any) -> str:
    """The words of a page, without markup."""
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def detail(client: Client, ballots: Ballots) -> str:
    return text_of(client.get(reverse("survey_results:detail", args=[worlds.release_of(ballots)])))


def test_a_wave_with_many_answers_shows_scores_with_their_range(manager: Client, ballots: Ballots) -> None:
    wave = worlds.make_wave(worlds.make_programme(), "2025 Q4")
    wave.left_out = {"opted out": 3, "excluded by a manager": 4}
    wave.save()
    worlds.settle(ballots, wave, worlds.happy(40) + worlds.happy(30, tier="Small", seed=2), INVITED)
    page = detail(manager, ballots)
    assert "Owed and not asked: excluded by a manager 4 · opted out 3" in page
    score = re.search(r"(-?\d+) NPS, between (-?\d+) and (-?\d+)", page)
    assert score is not None
    nps, low, high = map(int, score.groups())
    assert low < nps < high
    assert "70 answers" in page
    assert "140 invited · about 50 % answered" in page
    assert "keys destroyed" in page
    assert "Answer the phone sooner" in page
    assert re.search(r"Large -?\d+ between -?\d+ and -?\d+ 40 ", page)
    assert "In random order; names, addresses and numbers removed." in page


def test_few_answers_are_held_without_a_number(manager: Client, ballots: Ballots) -> None:
    wave = worlds.make_wave(worlds.make_programme(), "2025 Q4")
    worlds.settle(ballots, wave, worlds.happy(6), {"": 40, "tier:Large": 40})
    with time_machine.travel("2026-02-02 10:00+00:00", tick=False):
        page = text_of(manager.get(reverse("survey_results:list")))
    assert "After a purchase 2025 Q4 Fewer than 8 answers, held." in page
    assert "Nothing has been released yet" in page
    assert not re.search(r"\b6\b", page.partition("Survey results")[2])


def test_more_answers_than_mails_are_told_in_other_words_and_nothing_is_shown(
    manager: Client, ballots: Ballots
) -> None:
    wave = worlds.make_wave(worlds.make_programme(), "2025 Q4")
    worlds.settle(ballots, wave, worlds.happy(43), {"": 40, "tier:Large": 40}, mailed=42)
    with time_machine.travel("2026-02-02 10:00+00:00", tick=False):
        page = text_of(manager.get(reverse("survey_results:list")))
    assert "After a purchase 2025 Q4 Held for good: more answers came than mails were sent" in page
    assert "Fewer than" not in page
    assert "Nothing has been released yet" in page
    assert not re.search(r"\b4[23]\b", page.partition("Survey results")[2])


def test_before_its_close_a_wave_shows_nothing_but_the_date(manager: Client, ballots: Ballots) -> None:
    worlds.make_wave(worlds.make_programme(), "2026 Q1", closes=date(2026, 4, 28))
    with time_machine.travel("2026-02-02 10:00+00:00", tick=False):
        page = text_of(manager.get(reverse("survey_results:list")))
    assert "After a purchase 2026 Q1 is open; it closes 28 Apr" in page.replace("\xa0", " ")


def test_a_small_tier_is_hidden_and_says_why(manager: Client, ballots: Ballots) -> None:
    wave = worlds.make_wave(worlds.make_programme(), "2025 Q4")
    said = worlds.happy(40) + worlds.happy(6, tier="Small", seed=2)
    worlds.settle(ballots, wave, said, {"": 140, "tier:Large": 100, "tier:Small": 40})
    page = detail(manager, ballots)
    assert "Small Not shown: fewer than 8 answers" in page
    assert "Large Not shown: would reveal another group" in page or re.search(r"Large -?\d+ between", page)


def test_a_change_is_told_only_where_it_is_clear(manager: Client, ballots: Ballots) -> None:
    programme = worlds.make_programme()
    first = worlds.make_wave(programme, "2025 Q3", closes=date(2025, 10, 28))
    worlds.settle(ballots, first, worlds.happy(60, seed=3), INVITED)
    second = worlds.make_wave(programme, "2025 Q4")
    worlds.settle(ballots, second, worlds.happy(60, seed=4), INVITED)
    assert "no clear change against 2025 Q3" in detail(manager, ballots)
    third = worlds.make_wave(programme, "2026 Q1", closes=date(2026, 4, 28))
    worlds.settle(ballots, third, worlds.happy(60, seed=5, low=0), INVITED)
    assert "lower than before against 2025 Q4" in detail(manager, ballots)
    page = text_of(manager.get(reverse("survey_results:history", args=[programme.pk])))
    assert "After a purchase over time" in page
    assert page.index("2025 Q3") < page.index("2025 Q4") < page.index("2026 Q1")


def rated(top: int) -> list[tuple[str, dict[str, Any]]]:
    """60 answers, of which ``top`` find the product good."""
    said = worlds.happy(60, seed=6)
    return [(tier, each | {"product": 5 if n < top else 2}) for n, (tier, each) in enumerate(said)]


def test_other_figures_say_how_they_moved_only_where_it_is_clear(manager: Client, ballots: Ballots) -> None:
    programme = worlds.make_programme()
    for label, closes, top in (
        ("2025 Q3", date(2025, 10, 28), 45), ("2025 Q4", date(2026, 1, 28), 42),
        ("2026 Q1", date(2026, 4, 28), 20),
    ):  # fmt: skip
        worlds.settle(ballots, worlds.make_wave(programme, label, closes=closes), rated(top), INVITED)
        page = detail(manager, ballots)
        said = re.search(r"Satisfied mean \d\.\d ?(?:· )?(no clear change|lower than before|)", page)
        assert said, page
        moved = {"2025 Q3": "", "2025 Q4": "no clear change", "2026 Q1": "lower than before"}[label]
        assert said[1] == moved
        assert ("Against 2025 Q4" in page) is (label == "2026 Q1")
    assert page.count("lower than before") == 2  # in the chart and in its table


def test_the_file_holds_the_released_tables_and_no_row_of_a_person(manager: Client, ballots: Ballots) -> None:
    wave = worlds.make_wave(worlds.make_programme(), "2025 Q4")
    worlds.settle(ballots, wave, worlds.happy(40), {"": 140, "tier:Large": 140})
    page = manager.get(reverse("survey_results:table", args=[worlds.release_of(ballots)]))
    body = b"".join(page.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(body)))
    shown = {(row["shown by"], row["question"], row["line"], row["measure"]): row["amount"] for row in rows}
    assert shown["company", "recommend", "", "n"] in ("40", "40.0")
    assert shown["", "", "", "floor: score"] == "8"
    assert "Answer the phone" not in body


@pytest.mark.parametrize("role", ["salesperson", "admin", "reader"])
def test_without_the_managers_role_there_is_nothing(role: str, ballots: Ballots, client: Client) -> None:
    wave = worlds.make_wave(worlds.make_programme(), "2025 Q4")
    worlds.settle(ballots, wave, worlds.happy(40), INVITED)
    client.force_login(make.make_user(role))
    release = worlds.release_of(ballots)
    for at in (
        reverse("survey_results:list"), reverse("survey_results:detail", args=[release]),
        reverse("survey_results:table", args=[release]),
        reverse("survey_results:history", args=[wave.programme_id]),
    ):  # fmt: skip
        assert client.get(at).status_code == 404


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://results@here/x", "postgres://results@here:port/x"])
def test_where_surveys_are_not_set_up_the_page_says_so(client: Client, settings: Any, url: str) -> None:
    settings.BALLOTS_RESULTS_URL = url
    client.force_login(make.make_user("manager"))
    assert "Surveys are not set up" in text_of(client.get(reverse("survey_results:list")))


def test_two_releases_cost_as_many_queries_as_twelve(
    manager: Client, ballots: Ballots, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    programme = worlds.make_programme()
    for quarter in range(12):
        closes = worlds.CLOSES - timedelta(days=91 * quarter)
        wave = worlds.make_wave(programme, f"wave {quarter}", closes=closes)
        worlds.plain_release(ballots.tally_url, worlds.UUID(int=wave.pk.int ^ 2))
    with django_assert_max_num_queries(8):
        assert manager.get(reverse("survey_results:list")).status_code == 200


@pytest.mark.parametrize("page", ["list", "detail", "history", "table"])
def test_while_the_database_of_ballots_does_not_answer_the_page_says_so(
    manager: Client, ballots: Ballots, settings: Any, page: str
) -> None:
    wave = worlds.make_wave(worlds.make_programme(), "2025 Q4")
    worlds.settle(ballots, wave, worlds.happy(40), INVITED)
    of = {"list": [], "history": [wave.programme_id]}.get(page) or [worlds.release_of(ballots)]
    address = reverse(f"survey_results:{page}", args=[] if page == "list" else of)
    assert manager.get(address).status_code == 200
    settings.BALLOTS_RESULTS_URL = "postgres://tend_results:secret@/nowhere/ballots"
    answer = manager.get(address)
    assert answer.status_code == 503
    assert "Results cannot be reached now" in answer.content.decode()
    assert "secret" not in answer.content.decode()
