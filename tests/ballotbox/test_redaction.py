"""Comments lose addresses, numbers and known names, however they are written (T20)."""

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotbox.redaction import MARK, TOKEN, Names, fold, redact

NAMES = Names(
    ["Müller", "Anna Schmidt", "Acme Industries GmbH", "José", "O'Brien", "Straßburg", "Jo", "Ødegård"]
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Mr Müller was late", "Mr […] was late"),
        ("Mr MULLER, Mueller, müllers and Müller's van", "Mr […], […], […] and […]'s van"),
        ("anna   schmidt called", "[…] called"),
        ("Anna called", "Anna called"),  # only the words that are given
        ("Acme-Industries GmbH from Strassburg", "[…] from […]"),
        ("jose, JOSÉ and Jose\u0301", "[…], […] and […]"),
        ("O’Brien and obrien", "[…] and […]"),
        ("Ask Jo, not Joan or major", "Ask […], not Joan or major"),
        ("Odegard or Ødegaard", "[…] or […]"),
        ("write to a.b+c@x-y.co.uk now", "write to […] now"),
        ("john (at) acme.example", "[…]"),
        ("see https://shop.example/o/17?x=y, or www.shop.example", "see […] or […]"),
        ("we are at pumps.de since long", "we are at […] since long"),
        ("call +49 (0)30 12 34-56 or 030/123456 today", "call […] or […] today"),
        ("INV-2026/0815 and AB123", "[…] and […]"),
        ("order no. 47 and PO#12", "order no. […] and PO#[…]"),
        ("Auftrag 12, Rechnung: R-5", "Auftrag […], Rechnung: […]"),
        ("on 2026-01-03 and 12.03.24", "on […] and […]"),
        ("it cost 12 500,00 €", "it cost […] €"),
    ],
)
def test_what_tells_who_it_was_is_gone(said: str, shown: str) -> None:
    assert redact(said, NAMES) == shown


@pytest.mark.parametrize(
    "harmless",
    [
        "Delivery took 3 days, 10 of 12 parts fit, 3.5 stars, 100 % fine.",
        "In order to get 5 pumps we waited.",
        "Good advice, e.g. on price. Fair.\nThanks!",
        "Größe, naïve, 東京, مرحبا",
    ],
)
def test_ordinary_words_stay(harmless: str) -> None:
    assert redact(harmless, NAMES) == harmless


words = st.text(st.characters(categories=["L"]), min_size=2, max_size=12).filter(
    lambda word: len(TOKEN.findall(fold(word))) == 1 and len(fold(word)) >= 2
)
glue = st.text(st.sampled_from(" .,;:-!?\n'\"()"), min_size=1, max_size=3)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)


@given(st.lists(words, min_size=1, max_size=6), st.data())
def test_no_name_is_left_as_a_word(names: list[str], data: st.DataObject) -> None:
    writings = [
        data.draw(st.sampled_from([name, name.upper(), name.lower(), name.title(), fold(name)]))
        for name in names
    ]
    said = "".join(f"word{data.draw(glue)}{each}{data.draw(glue)}" for each in writings)
    shown = redact(said, Names(names))
    left = set(TOKEN.findall(fold(shown)))
    assert not left & {fold(name) for name in names} - {"word"}


@given(texts, st.lists(words, max_size=3))
def test_again_changes_nothing(text: str, names: list[str]) -> None:
    known = Names(names)
    once = redact(text, known)
    assert redact(once, known) == once


@given(texts, st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{2,8}\.[a-z]{2,3}", fullmatch=True), texts)
def test_no_address_is_left(before: str, address: str, after: str) -> None:
    assert address not in redact(f"{before} {address} {after}", Names([]))


@given(texts, st.from_regex(r"(\+|0)[0-9]{2,3}[ /-]?[0-9]{3,4}[ -]?[0-9]{2,4}", fullmatch=True), texts)
def test_no_telephone_number_is_left(before: str, number: str, after: str) -> None:
    shown = redact(f"{before} {number} {after}", Names([]))
    assert number not in shown
    assert not re.search(r"[0-9]{4}", shown)


@given(texts)
def test_nothing_is_added_but_the_mark(text: str) -> None:
    shown = redact(text, Names([]))
    left = iter(unicodedata.normalize("NFC", text))
    assert all(sign in left for sign in shown.replace(MARK, ""))  # each in its order


def test_many_names_and_a_long_comment_are_quick() -> None:
    """Ten thousand names; a pattern of them all would take seconds."""
    known = Names(f"name{n:05d}x" for n in range(10_000))
    assert redact("a word " * 400 + "Name00042x", known).endswith(MARK)


@pytest.mark.parametrize(
    "unit", ["a", "a-", "a.", "1", "1 ", "(", "+", "@", "a@", "order ", "www.", "é", "/", "-1"]
)
def test_nobody_can_keep_the_tally_busy_with_a_comment(unit: str) -> None:
    """A comment holds 3,000 bytes; a pattern that tries all ways to split it would never end."""
    began = time.process_time()
    redact(unit * (3000 // len(unit.encode())) + "!", NAMES)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("between", [" ", "-", "\n", "\u3000", " -", "-no. "])
def test_a_word_before_a_number_and_a_long_gap_are_quick(between: str) -> None:
    text = "order" + between * (2990 // len(between.encode())) + "!"
    began = time.process_time()
    redact(text, NAMES)
    assert time.process_time() - began < 2  # all ways to split the gap take minutes
