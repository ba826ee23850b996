"""How dates, money and phones read on a page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from core.templatetags import ui

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def noon():
    """Tuesday 24 November 2026, noon in Oslo."""
    with time_machine.travel("2026-11-24 11:00:00+00:00", tick=False), timezone.override("Europe/Oslo"):
        yield


def plain(text):
    return str(text).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 24), "today"),
        (date(2026, 11, 25), "tomorrow"),
        (date(2026, 11, 23), "yesterday"),
        (date(2026, 11, 26), "Thu"),
        (date(2026, 11, 30), "Mon"),
        (date(2026, 12, 1), "1 Dec"),
        (date(2026, 11, 19), "19 Nov"),
        (date(2026, 3, 12), "12 Mar"),
        (date(2025, 12, 31), "31 Dec 2025"),
        (date(2027, 1, 2), "2 Jan 2027"),
    ],
)
def test_days_as_people_say_them(on, words):
    assert plain(ui.said_day(on)) == words


def test_the_exact_day_is_there_on_hover_and_aloud():
    html = ui.day(date(2026, 11, 26))
    assert 'title="Thursday 26 November 2026"' in html
    assert 'datetime="2026-11-26"' in html
    assert '<span class="visually-hidden">Thursday 26 November 2026</span>' in html


def test_a_moment_is_said_in_the_users_zone():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert "tomorrow 00:30" in plain(ui.moment(late))
    with timezone.override("UTC"):
        assert "today 23:30" in plain(ui.moment(late))


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 24), "today"),
        (date(2026, 11, 23), "1 day ago"),
        (date(2026, 11, 12), "12 days ago"),
        (date(2026, 9, 25), "60 days ago"),
        (date(2026, 9, 24), "2 months ago"),
        (date(2024, 1, 1), "2 years ago"),
        (date(2026, 11, 27), "in 3 days"),
    ],
)
def test_distances_as_people_say_them(on, words):
    assert plain(ui.said_ago(on)) == words


def test_nothing_is_a_dash():
    assert ui.day(None) == ui.moment(None) == ui.ago(None) == ui.money(None) == "–"


def test_money_is_rounded_for_people_and_exact_on_hover():
    html = plain(ui.money(Decimal("61200.4999"), "EUR"))
    assert ">61,200 EUR<" in html
    assert 'title="61,200.50 EUR"' in html
    assert plain(ui.money(Decimal("-1234.5"), "NOK", 2)) == "-1,234.50 NOK"


def test_money_speaks_the_users_language():
    with translation.override("de"):
        assert ">61.200 EUR<" in plain(ui.money(Decimal(61200), "EUR"))
    with translation.override("xx"):
        assert "61,200 EUR" in plain(ui.money(Decimal(61200), "EUR"))


def test_phones_are_dialled_by_a_tap():
    assert 'href="tel:+4722123456"' in ui.tel("22 12 34 56", "+4722123456")
    assert 'href="tel:(' not in ui.tel("(5) 555-4729")
    assert 'aria-label="Call Eva, 22 12"' in ui.tel("22 12", "", "Eva")
    assert ui.tel("by pigeon") == "by pigeon"
    assert ui.tel("") == ""
    assert "<b>" not in ui.tel("<b>12345</b>")


def test_a_changed_filter_starts_at_the_first_page():
    request = RequestFactory().get("/", {"q": "å&b", "page": "3"})
    template = Template("{% load ui %}{% query sort='name' %}|{% query page=4 %}|{% query q='' %}")
    sorting, paging, clearing = (
        template.render(Context({"request": request})).replace("&amp;", "&").split("|")
    )
    assert sorting == "?q=%C3%A5%26b&sort=name"
    assert paging == "?q=%C3%A5%26b&page=4"
    assert clearing == "?"


def test_initials():
    assert [ui.initials(name) for name in ("Kari Holm", "Anna Maria Bo", "x", "")] == ["KH", "AB", "X", ""]
