"""Core knows the doors of its own; the others are told by the parts that have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import doors


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "_named", {})
    monkeypatch.setattr(doors, "_by_reason", {})


def test_a_part_tells_of_its_doors():
    assert doors.of({"door": "tunnel", "reason": "tunnel 12"}) == doors.COMMAND
    assert list(doors.every()) == [doors.PAGE, doors.NIGHTLY, doors.COMMAND, doors.BACKGROUND]
    doors.register("tunnel", "through a tunnel", reason="tunnel ")
    doors.nightly("sweeping")
    assert doors.of({"door": "tunnel"}) == doors.of({"reason": "tunnel 12"}) == "tunnel"
    assert doors.of({"reason": "sweeping"}) == doors.NIGHTLY
    assert list(doors.every()) == [doors.PAGE, "tunnel", doors.NIGHTLY, doors.COMMAND, doors.BACKGROUND]
    assert doors.words_of("tunnel") == "through a tunnel"
    assert doors.words_of(doors.NIGHTLY) is None, "it stands for the name itself"


def test_nobody_named_is_a_page_and_no_circumstances_are_the_background():
    assert doors.of({"user": 3}) == doors.PAGE
    assert doors.of(None) == doors.BACKGROUND


def test_core_has_no_words_of_other_parts():
    core = Path(doors.__file__).parent
    words = (core / "doors.py").read_text() + (core / "history_reading.py").read_text()
    assert not [
        word for word in ('import"', "merge", "recycle bin", "nightly run", "surveys") if word in words
    ]
