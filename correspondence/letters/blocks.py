from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""


@dataclass(frozen=True)
class Paragraph:
    lines: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class Bullets:
    items: tuple[Paragraph, ...]
    ordered: bool = False


Block = Paragraph | Bullets
