"""The same words as HTML and as plain text."""

from __future__ import annotations

import nh3

from correspondence.words.blocks import Block, Bullets, Paragraph, parse, reader

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a"}
SCHEMES = {"https", "http", "mailto"}


def as_html(source: str) -> str:
    """Tags of an allow-list around escaped text, whatever the source holds."""
    written = reader().render(source)
    return nh3.clean(
        written,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )


def as_text(source: str) -> str:
    """As a text/plain mail says it: the emphasis is left out, lists keep their marks."""
    return "\n\n".join(_block(block) for block in parse(source))


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _paragraph(block)
    return "\n".join(_items(block))


def _items(block: Bullets) -> list[str]:
    marks = [f"{number}. " if block.ordered else "- " for number in range(1, len(block.items) + 1)]
    return [
        mark + _paragraph(item).replace("\n", "\n" + " " * len(mark))
        for mark, item in zip(marks, block.items, strict=True)
    ]


def _paragraph(paragraph: Paragraph) -> str:
    return "\n".join("".join(run.text for run in line) for line in paragraph.lines)
