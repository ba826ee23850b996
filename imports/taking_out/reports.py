"""A readable file of facts and rows, as PDF. It knows words and not where they come from."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from correspondence.letters import typesetting
from correspondence.letters.sheets import clean

TEMPLATE = Path(__file__).parent / "report.typ"

Row = list[tuple[str, str]]
"""Names and values, both in words."""


@dataclass(frozen=True)
class Section:
    """Rows under a heading: each a list of facts, or all one ``table`` with columns of these ``widths``."""

    title: str
    rows: list[Row]
    widths: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Report:
    """What stands in the file."""

    title: str
    lead: str
    footer: str
    sections: list[Section] = field(default_factory=list)


def pdf(report: Report) -> bytes:
    """With tags for screen readers. Raises TypesettingError."""
    with TemporaryDirectory(prefix="report-") as name:
        folder = Path(name)
        shutil.copyfile(TEMPLATE, folder / typesetting.MAIN)
        (folder / typesetting.DATA).write_text(json.dumps(_data(report)), encoding="utf-8")
        return typesetting.typeset(folder, with_tags=True)


def _data(report: Report) -> dict[str, object]:
    sections = [
        asdict(section)
        | {
            "title": clean(section.title),
            "rows": [[[clean(name), clean(value)] for name, value in row] for row in section.rows],
            "note": clean(section.note),
            "table": bool(section.widths),
            "empty": _("Nothing."),
        }
        for section in report.sections
    ]
    return {
        "title": clean(report.title),
        "lead": clean(report.lead),
        "footer": clean(report.footer),
        "language": (get_language() or "en").partition("-")[0],
        "fonts": typesetting.FONTS,
        "sections": sections,
    }
