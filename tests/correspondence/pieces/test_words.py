"""Source, its blocks, and values for placeholders: nothing is evaluated, nothing smuggled in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correspondence.words.blocks import Bullets, Paragraph, Run, parse
from correspondence.words.filling import (
    MissingWordError,
    Source,
    escaped,
    fill,
    fill_line,
    is_blank,
    names_in,
    unknown_in,
)
from correspondence.words.languages import salutation
from correspondence.words.showing import as_html, as_text

TAG = re.compile(r"<[^>]*>")


class TestBlocks:
    def test_paragraphs_lines_lists_and_hands(self):
        source = (
            "Dear **Eva**,\nthank *you*.\n\n- one\n- two\n\n1. first\n2. second\n\nhttps://tend.example/x"
        )
        assert parse(source) == (
            Paragraph(
                (
                    (Run("Dear "), Run("Eva", bold=True), Run(",")),
                    (Run("thank "), Run("you", italic=True), Run(".")),
                )
            ),
            Bullets((Paragraph(((Run("one"),),)), Paragraph(((Run("two"),),)))),
            Bullets((Paragraph(((Run("first"),),)), Paragraph(((Run("second"),),))), ordered=True),
            Paragraph(((Run("https://tend.example/x", link="https://tend.example/x"),),)),
        )

    def test_the_rest_of_markdown_is_plain_letters(self):
        for plain in ("# Head", "[here](https://evil.example/x)", "![x](y)", "> said", "`code`", "<b>x</b>",
                      "&amp;", "---", "| a | b |"):  # fmt: skip
            assert plain in as_text(plain)
            assert "<b>" not in as_html(plain)
        # what is pressed is what is read
        assert ">https://evil.example/x</a>" in as_html("[here](https://evil.example/x)")

    def test_scripts_are_no_links(self):
        for bad in (
            "javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//evil.example",
        ):
            assert "href" not in as_html(f"see {bad} now")

    @given(st.text(max_size=300))
    def test_only_tags_of_the_list_come_out(self, source):
        tags = {tag.strip("</>").split()[0] for tag in TAG.findall(as_html(source)) if tag.strip("</> ")}
        assert tags <= {"p", "br", "strong", "em", "ul", "ol", "li", "a"}
        as_text(source)


class TestFilling:
    def test_values_and_what_is_missing(self):
        assert names_in("{{a}} {{ b }} {{a}}") == {"a", "b"}
        assert fill("Dear {{ name }}!", {"name": "Eva"}) == "Dear Eva!"
        with pytest.raises(MissingWordError) as refused:
            fill("{{a}} {{b}} {{c}}", {"a": "x", "b": "  "})
        assert refused.value.names == ("b", "c")

    @pytest.mark.parametrize("value", ["", " ", "\x7f", "\u00a0\x01", "\u200b\ufeff", "\u3000", "\u202e"])
    def test_what_nobody_can_read_is_missing(self, value):
        with pytest.raises(MissingWordError):
            fill("{{a}}", {"a": value})

    def test_what_is_unknown_is_told_as_written(self):
        known = {"name"}
        assert unknown_in("{{name}} {{nmae}} {{ name|upper }} {{7*7}} {{name", known) == [
            "{{nmae}}", "{{ name|upper }}", "{{7*7}}", "{{name",
        ]  # fmt: skip
        assert unknown_in("{{name}} { name }", known) == []

    def test_a_value_is_never_filled_again(self):
        assert fill("{{a}}", {"a": "{{b}}", "b": "secret"}) == "{{b}}"

    @given(st.text(min_size=1, max_size=80))
    def test_a_value_shows_exactly_its_letters_wherever_it_stands(self, value):
        plain = " ".join(re.sub(r"[\x00-\x20\x7f\x85\xa0\u2028\u2029]+", " ", value).split(" ")).strip()
        if is_blank(value):
            return
        assert as_text(escaped(value)) == plain
        assert as_text(fill("Dear {{x}} and you", {"x": value})) == f"Dear {plain} and you"

    @given(st.lists(st.text(max_size=30), max_size=4))
    def test_a_subject_stays_one_line(self, parts):
        values = {"x": "\r\nBcc: all@evil.example".join(["a", *parts])}
        assert not set("\r\n\u2028\x00") & set(fill_line("{{x}}", values))

    def test_source_made_by_us_is_kept(self):
        assert fill("{{list}}", {"list": Source("- one\n- two")}) == "- one\n- two"
        assert as_text(fill("{{club}}", {"club": "1. FC Köln"})) == "1. FC Köln"
        assert isinstance(parse(fill("{{club}}", {"club": "1. FC Köln"}))[0], Paragraph)


def test_salutations_follow_the_language_and_fall_back_to_english():
    assert salutation("de-AT", "Eva Lind") == "Guten Tag Eva Lind,"
    assert salutation("no", "Eva Lind") == "Hei Eva Lind,"
    assert salutation("xx", "Eva Lind") == "Dear Eva Lind,"
