"""Mail texts: whatever is typed, a text that passes can be filled in, and both parts carry the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.mail_words import (
    IN_SUBJECT,
    PLACES,
    MissingValueError,
    as_text,
    blocks,
    check_body,
    check_subject,
    fill,
)

VALUES = {name: f"<{name}>" for name in PLACES}
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
PIECES = st.one_of(
    WORDS,
    st.sampled_from(["{{name}}", "{{ company }}", "\n", "\n\n", "{{link}}", "\n\n{{link}}\n\n",
                     "{{unsubscribe}}",
                     "\n{{unsubscribe}}\n", "{{", "}}", "{{nobody}}", "\n{{public_page}}\n"]),
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
def test_a_text_that_passes_can_be_sent(text):
    if check_body(text):
        return
    sent = as_text(blocks(text, VALUES))
    lines = sent.splitlines()
    assert lines.count("<link>") == 1
    assert lines.count("<unsubscribe>") == 1
    assert "{{" not in sent
    assert "}}" not in sent


@given(st.lists(PIECES, max_size=14).map("".join))
def test_both_parts_hold_the_same_words(text):
    try:
        sent = as_text(blocks(text, VALUES))
    except MissingValueError:
        assert check_body(text)
        return
    shown = " ".join(f"{block.words} {block.url}" for block in blocks(text, VALUES))
    assert shown.split() == sent.split()


@given(st.lists(PIECES, max_size=8).map("".join), st.sampled_from(PLACES))
def test_a_missing_value_never_leaves_a_gap(text, missing):
    values = VALUES | {missing: " "}
    wanted = "{{" + missing + "}}"
    if wanted in text and not check_body(text):
        with pytest.raises(MissingValueError):
            as_text(blocks(text, values))


@given(st.lists(PIECES, max_size=6).map("".join))
def test_a_subject_that_passes_is_one_line_without_links(text):
    if not check_subject(text):
        sent = fill(text, {name: VALUES[name] for name in IN_SUBJECT})
        assert "<link>" not in sent
        assert len(sent.splitlines()) <= 1


def test_words_above_the_link_belong_to_it():
    body = "Dear {{name}},\n\nAnswer now\n{{link}}\nsee you\n\n{{unsubscribe}}"
    found = [(block.words, block.url, block.is_main) for block in blocks(body, VALUES)]
    assert found == [
        ("Dear <name>,", "", False), ("Answer now", "<link>", True), ("see you", "", False),
        ("", "<unsubscribe>", False),
    ]  # fmt: skip


def test_a_value_cannot_smuggle_in_lines():
    assert fill("{{name}}", {"name": "Eva\nBcc: x@y"}) == "Eva Bcc: x@y"
