"""What the ballot box says, out of its templates and code: what gettext's own tools would collect."""

from __future__ import annotations

from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import ballotbox

HOME = Path(ballotbox.__file__).parent
LOCALE = HOME / "locale"
KEYWORDS = {"gettext": None, "gettext_lazy": None, "_": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
            "pgettext": ((1, "c"), 2)}  # fmt: skip


def said() -> Catalog:
    """Every text that goes through gettext, with its plural."""
    found = Catalog()
    for path in sorted((HOME / "templates").rglob("*.html")):
        # the words between the tags come as X; in one line no indentation of theirs counts
        source = templatize(path.read_text(), origin=path.name).replace("\n", " ")
        _add(found, path.name, source)
    for path in sorted((HOME / "box").glob("*.py")):
        _add(found, path.name, path.read_text())
    return found


def _add(found: Catalog, name: str, source: str) -> None:
    for line, text, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        found.add(text, locations=[(name, line)], context=context)


def translated(language: str) -> Catalog:
    """What the box says in that language."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    return read_po(StringIO(path.read_text()), locale=language)


def languages() -> list[str]:
    return sorted(path.name for path in LOCALE.iterdir() if path.is_dir())
