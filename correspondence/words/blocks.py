"""Source -> blocks: what the words are, whatever they are printed on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Everything else of Markdown stays switched off: no HTML, images, headings, hidden link targets.
RULES = ("list", "emphasis", "newline", "escape", "linkify")


@dataclass(frozen=True)
class Run:
    """Letters in one hand. ``link``: a web or mail address, "" for none."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Lines that stand together."""

    lines: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class Bullets:
    """A list; ``ordered`` with numbers. Lists inside lists are read as one."""

    items: tuple[Paragraph, ...]
    ordered: bool = False


Block = Paragraph | Bullets


@lru_cache(maxsize=1)
def reader() -> MarkdownIt:
    """The parser, with all that it must not know switched off."""
    found = MarkdownIt("zero", {"html": False, "linkify": True, "breaks": True}).enable(list(RULES))
    # "Tend.pl" is a name and no address: only what is written out is a link
    links = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})
    for schema in ("ftp:", "//"):
        links.add(schema, None)
    found.linkify = links
    return found


def parse(source: str) -> tuple[Block, ...]:
    """The blocks of a source; never raises, whatever it holds."""
    tokens = reader().parse(source)
    blocks: list[Block] = []
    depth, ordered = 0, False
    items: list[Paragraph] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            ordered = ordered if depth else token.type == "ordered_list_open"
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            if depth == 0 and items:
                blocks.append(Bullets(tuple(items), ordered))
                items = []
        elif token.type == "inline":
            paragraph = Paragraph(tuple(_lines(token.children or [])))
            (items if depth else blocks).append(paragraph)
    return tuple(blocks)


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[Run, ...]]:
    hand = Run("")
    line: list[Run] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield tuple(line)
            line = []
        elif token.type == "text" and token.content:
            line.append(replace(hand, text=token.content))
        else:
            hand = _hand(hand, token)
    yield tuple(line)


def _hand(hand: Run, token: Token) -> Run:
    """How the letters after this token look."""
    if token.tag == "strong":
        return replace(hand, bold=token.nesting > 0)
    if token.tag == "em":
        return replace(hand, italic=token.nesting > 0)
    if token.tag == "a":
        return replace(hand, link=str(token.attrs.get("href", "")) if token.nesting > 0 else "")
    return hand
