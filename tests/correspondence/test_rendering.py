"""Templates of mails: strict about missing values, styled in the tags."""

from __future__ import annotations

from pathlib import Path

import pytest

from correspondence import rendering
from correspondence.rendering import MissingValueError, inlined, strictly


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.TEMPLATES = [{"DIRS": [tmp_path]}]
    rendering._engine.cache_clear()
    yield tmp_path
    rendering._engine.cache_clear()


@pytest.mark.parametrize(
    "text", ["Dear {{ name }}", "{{ name|upper }}", "{{ contact.name }}", "{% firstof name %}{{ name }}"]
)
def test_a_missing_value_refuses_to_be_sent(folder: Path, text: str):
    (folder / "letter.txt").write_text(text)
    with pytest.raises(MissingValueError, match="name"):
        strictly("letter.txt", {"contact": object()}, "en")


def test_asking_whether_is_no_mistake(folder: Path):
    (folder / "letter.txt").write_text("{% if name %}Dear {{ name }}{% else %}Hello{% endif %}")
    assert strictly("letter.txt", {}, "en") == "Hello"
    assert strictly("letter.txt", {"name": "A & B"}, "en") == "Dear A & B"


def test_html_is_escaped(folder: Path):
    (folder / "letter.html").write_text("<p>{{ name }}</p>")
    assert strictly("letter.html", {"name": "<b>"}, "en") == "<p>&lt;b&gt;</p>"


def test_styles_go_into_the_tags_and_nothing_is_loaded():
    page = (
        '<html><head><link rel="stylesheet" href="https://evil.example/x.css">'
        "<style>p { color: red }</style></head><body><p>Hi</p></body></html>"
    )
    assert '<p style="color: red;">Hi</p>' in inlined(page)
