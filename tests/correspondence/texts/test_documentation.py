"""The documented list of placeholders is the one that counts."""

from __future__ import annotations

from pathlib import Path

from correspondence.placeholders import PLACEHOLDERS

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "templates.md"
NEEDS = {"": "", "talk": "a talk", "meeting": "a meeting", "gift": "a gift"}


def rows() -> list[str]:
    """The table as the document must hold it; print it to bring the document up to date."""
    return [
        f"| `{{{{{each.name}}}}}` | {each.label} | {each.example} | {NEEDS[each.needs]} |"
        for each in PLACEHOLDERS
    ]


def test_the_table_is_complete_and_true():
    found = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `{{")]
    assert found == rows()
