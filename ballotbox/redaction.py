"""Comments without what tells who wrote them: addresses, numbers and the names that the CRM knows. Pure.

What is found becomes one neutral mark, whatever it was. A comment may still tell its author to somebody who
knows the story in it; nobody can see that by pattern, and docs/anonymity.md says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

MARK = "[…]"
SHORTEST_NAME = 2
LEAST_DIGITS = 4  # in a row, separators aside: numbers of orders, invoices and telephones, dates, sums

ADDRESSES = re.compile(
    r"""
      (?:https?|ftp)://\S+ | \bwww\.\S+                            # a link
    | [^\s@<>(),;:"\[\]]{1,64}                                     # an e-mail address
      \s? (?:@ | [\[(]\s?(?:at|ät)\s?[\])]) \s? [^\s@<>(),;:"\[\]]+
    | \b[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,6}/\S*          # a link without its beginning
    | \b(?:[a-z0-9-]{1,63}\.){1,8}                                 # the name of a host
      (?:com|net|org|info|biz|eu|io|de|at|ch|uk|fr|it|nl|be|pl|es|pt|dk|se|no|fi|cz)\b
    | (?<!\w)@\w+                                                  # a handle
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Digits, what stands between the digits of one number, and the letters that belong to it: "INV-2026/0815".
NUMBER = re.compile(
    r"(?<![^\W_])[+#(]{0,3}(?:[^\W\d_]++[-_/.]?)*+\d(?:[^\W_]|[-_/.,:()\s+](?=[-_/.,:()\s+]{0,2}\d))*",
    re.UNICODE,
)
# After a word that announces a number, one digit is enough.
ANNOUNCED = re.compile(
    r"""
    \b( order | invoice | ticket | case | contract | customer | quote | delivery | serial | reference | ref
      | po | auftrag | rechnung | bestellung | vertrag | angebot | kunden? | lieferung | lieferschein
      | vorgang
      )s?
    ( [\s\-]{0,3} (?: no | nr | num | number | nummer | id | code )? \.? \s{0,3} [:#]? \s{0,3} )
    [\w/-]*\d[\w/-]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
TOKEN = re.compile(r"[^\W_]+")
# Letters that Unicode does not take apart, and how those with two dots are written without them.
LETTERS = str.maketrans({
    "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ı": "i", "æ": "ae", "Æ": "ae", "œ": "oe",
    "Œ": "oe", "þ": "th", "Þ": "th",
})  # fmt: skip
TWO_LETTERS = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue", "å": "aa", "Å": "aa", "ø": "oe",
    "Ø": "oe",
})  # fmt: skip


class Names:
    """Words that may not be shown, in whatever case, with or without accents; also of several words."""

    def __init__(self, words: Iterable[str]) -> None:
        phrases: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for word in words:
            for phrase in _spellings(word):
                if sum(map(len, phrase)) >= SHORTEST_NAME:
                    phrases[phrase[0]].add(phrase)
        self._phrases = {first: sorted(each, key=len, reverse=True) for first, each in phrases.items()}

    def length_at(self, tokens: list[str], start: int) -> int:
        """How many tokens from there on are a name; 0 when none is."""
        for first in {tokens[start], _bare(tokens[start])}:
            for phrase in self._phrases.get(first, ()):
                found = tokens[start : start + len(phrase)]
                if len(found) == len(phrase) and _same(found, phrase):
                    return len(phrase)
        return 0


def redact(text: str, names: Names) -> str:
    """The text with a mark in place of everything that tells who wrote it."""
    text = unicodedata.normalize("NFC", text)
    text = ADDRESSES.sub(MARK, text)
    text = ANNOUNCED.sub(lambda found: found[1] + found[2] + MARK, text)
    text = NUMBER.sub(_number, text)
    return _without_names(text, names)


def _number(found: re.Match[str]) -> str:
    whole = found[0]
    digits = sum(sign.isdigit() for sign in whole)
    letters = any(sign.isalpha() for sign in whole)
    return MARK if digits >= (LEAST_DIGITS - 1 if letters else LEAST_DIGITS) else whole


def _without_names(text: str, names: Names) -> str:
    spans = list(_tokens(text))
    tokens = [token for token, _, _ in spans]
    parts, done, at = [], 0, 0
    while at < len(tokens):
        length = names.length_at(tokens, at)
        if length:
            parts += [text[done : spans[at][1]], MARK]
            done = spans[at + length - 1][2]
        at += length or 1
    return "".join([*parts, text[done:]])


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Words as they are compared, with where they stand in the text."""
    signs: list[str] = []
    origin: list[int] = []
    for index, sign in enumerate(text):
        plain = fold(sign)
        signs += plain
        origin += [index] * len(plain)
    for found in TOKEN.finditer("".join(signs)):
        end = origin[found.end() - 1] + 1
        while end < len(text) and not fold(text[end]):
            end += 1  # an accent of its own belongs to the letter before it
        yield found[0], origin[found.start()], end


def fold(text: str) -> str:
    """Without accents, case and invisible signs."""
    apart = unicodedata.normalize("NFKD", text.translate(LETTERS)).casefold()
    return "".join(sign for sign in apart if unicodedata.category(sign) not in ("Mn", "Cf"))


def _spellings(word: str) -> set[tuple[str, ...]]:
    ways = {fold(word), fold(word.translate(TWO_LETTERS))}
    ways |= {re.sub("([aou])e", r"\1", way) for way in ways}  # Mueller for Müller
    ways |= {re.sub("['’`´]", "", way) for way in ways}  # OBrien for O'Brien
    return {tuple(TOKEN.findall(way)) for way in ways if TOKEN.search(way)}


def _same(found: list[str], phrase: tuple[str, ...]) -> bool:
    return tuple(found[:-1]) == phrase[:-1] and phrase[-1] in (found[-1], _bare(found[-1]))


def _bare(token: str) -> str:
    """Without the s of a genitive: Smiths for Smith."""
    return token[:-1] if token.endswith("s") and len(token) > SHORTEST_NAME else token
