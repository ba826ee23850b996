"""What one cell means: dates, numbers, names, yes and no. Refuses with words instead of guessing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from imports.errors import RefusedError

NO_VALUE = frozenset({"", "NULL", "\\N", "#N/A"})
NEVER_CALCULATED = "#FORMULA!"
"""What stands for a formula that no spreadsheet program has calculated yet."""
BROKEN = frozenset({"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})

ISO = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ]\d{1,2}:\d{2}.*)?")
PARTS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:,? \d{1,2}:\d{2}.*)?")
WORDED = re.compile(r"(\d{1,2})[-. ]+([A-Za-z]{3,9})[-., ]+(\d{4})|([A-Za-z]{3,9})\.? +(\d{1,2}),? +(\d{4})")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)( ?(?:Z|UTC|GMT|[-+]\d\d:?\d\d))", re.IGNORECASE
)
FIRST_YEAR, LAST_YEAR = 1900, 2200

DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
ORDERS, MARKS = (DAY_FIRST, MONTH_FIRST), (".", ",")
UNSURE = "?"
"""What a value tells that can be read two ways."""

# Parts of a last name that stand before it: "Maria de la Cruz", "Piet van den Berg".
PARTICLES = frozenset(
    """af al bin da das de dei del della den der di do dos du el la las le los ten ter van vande von zu
    zum""".split()  # noqa: SIM905 - read as words
)
YES = frozenset("1 y yes true t x j ja oui si sí on credit cr cn gutschrift".split())  # noqa: SIM905
YES |= {"credit note"}
NO = frozenset("0 n no false f nein non off debit dr inv invoice".split())  # noqa: SIM905


def value(cell: str) -> str | None:
    """The cell without surrounding blanks; None where it says that there is no value."""
    text = cell.strip()
    return None if text in NO_VALUE else text


def refuse_broken(text: str) -> None:
    """Raises RefusedError for what a spreadsheet shows where a formula went wrong."""
    if text in BROKEN:
        raise RefusedError(_("“%s” is the error of a formula. Correct it in the spreadsheet.") % text)
    if text == NEVER_CALCULATED:
        raise RefusedError(
            _("A formula without a result. Open the workbook in a spreadsheet program and save it there.")
        )


def one_line(text: str) -> str:
    """Line breaks and tabs inside a name become blanks; blanks stay as they were written."""
    return re.sub(r"\s*[\r\n\t\v\f]+\s*", " ", text).strip()


# -- dates ---------------------------------------------------------------------------------------------


def to_date(text: str, order: str = "") -> date:
    """A civil date; a time behind it is left away. ``order``: how 03/04/1996 is meant, if anything is."""
    if match := ISO.fullmatch(text):
        return _date(text, *(int(part) for part in match.groups()))
    if match := PARTS.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        if order == MONTH_FIRST:
            first, second = second, first
        elif order != DAY_FIRST:
            raise RefusedError(_("“%s” can be read two ways: choose day first or month first.") % text)
        return _date(text, year, second, first)
    if match := WORDED.fullmatch(text):
        on, word, of = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
        if word[:3].lower() in MONTHS:
            return _date(text, int(of), MONTHS.index(word[:3].lower()) + 1, int(on))
    raise RefusedError(_("“%s” is no date we know. Write it as 1996-07-04.") % text[:40])


def here(text: str, zone: str) -> str:
    """The civil date at our place of an instant that says its offset; any other text as it is."""
    if not zone or not (match := INSTANT.fullmatch(text)):
        return text
    clock, offset = match[1].replace(" ", "T"), match[2].strip().upper()
    try:
        moment = datetime.fromisoformat(clock + ("+00:00" if offset in ("Z", "UTC", "GMT") else offset))
        return moment.astimezone(ZoneInfo(zone)).date().isoformat()
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return text


def _date(text: str, year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RefusedError(
            _("The year of “%(text)s” is not between %(a)d and %(b)d.")
            % {"text": text[:40], "a": FIRST_YEAR, "b": LAST_YEAR}
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise RefusedError(
            _("“%s” is a day that no calendar has. Check day and month.") % text[:40]
        ) from None


# -- numbers -------------------------------------------------------------------------------------------

NUMBER = re.compile(r"[-+]?[\d.,'’\s]*\d[\d.,'’\s]*-?")


def to_decimal(text: str, mark: str = ".", places: int = 4, digits: int = 18) -> Decimal:
    """An exact number, rounded half-even to ``places``; ``mark`` is the decimal mark, "." or ",".

    A minus behind the number, and parentheses as bookkeepers write them, count as a minus.
    """
    body = text.strip()
    if body.startswith("(") and body.endswith(")"):
        body = f"-{body[1:-1].strip()}"
    body = re.sub(r"^([-+]?)\s*(?:[A-Z]{3}|[$€£¥])\s*|\s*(?:[A-Z]{3}|[$€£¥])$", r"\1", body)
    if not re.fullmatch(NUMBER, body) and not re.fullmatch(r"[-+]?\d*\.?\d+[eE][-+]?\d{1,2}", body):
        raise RefusedError(_("“%s” is no number.") % text[:40])
    if body.endswith("-"):
        body = f"-{body[:-1]}"
    plain = re.sub(r"['’\s]", "", body)
    plain = plain.replace(",", "") if mark == "." else plain.replace(".", "").replace(",", ".")
    return _rounded(text, plain, places, digits)


def _rounded(text: str, plain: str, places: int, digits: int) -> Decimal:
    try:
        number = Decimal(plain)
        if not number.is_finite() or abs(number) >= Decimal(10) ** (digits - places):
            raise RefusedError(
                _("“%(text)s” is larger than we can keep: at most %(n)d digits before the decimal mark.")
                % {"text": text[:40], "n": digits - places}
            )
        return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    except InvalidOperation:
        raise RefusedError(_("“%s” is no number.") % text[:40]) from None


def to_share(text: str, mark: str = ".") -> Decimal:
    """A discount: 0.15, or 15%. Between 0 and 1."""
    if text.endswith("%"):
        number = (to_decimal(text[:-1].strip(), mark, 6, 12) / 100).quantize(Decimal("0.000001"))
    else:
        number = to_decimal(text, mark, 6, 12)
    if not 0 <= number <= 1:
        raise RefusedError(
            _("A discount lies between 0 and 1 (or 0% and 100%), not “%s”.").replace("%s", text[:40])
        )
    return number


def to_bool(text: str) -> bool:
    word = text.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise RefusedError(_("“%s” is neither yes nor no.") % text[:40])


# -- names ---------------------------------------------------------------------------------------------


def split_name(full: str) -> tuple[str, str]:
    """First and last name of a person. The last word is the last name, with the particles before it;
    "Last, First" is turned round; a single word is a last name."""
    full = " ".join(full.split())
    last, comma, first = full.partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    words = full.rstrip(",").split(" ")
    at = len(words) - 1
    while at > 1 and words[at - 1].casefold() in PARTICLES:
        at -= 1
    return " ".join(words[:at]), " ".join(words[at:])


# -- habits of a whole column --------------------------------------------------------------------------


@dataclass
class Habit:
    """What the values of one column tell about which of two ways they are written."""

    ways: ClassVar[tuple[str, str]]
    first: int = 0  # line of the first value that can only be written the first way, 0 = none
    second: int = 0
    ambiguous: int = 0
    example: str = ""

    @staticmethod
    def way(text: str) -> str:
        """The one way in which this value can be written; UNSURE where both are, empty where they are one."""
        raise NotImplementedError

    def see(self, line: int, text: str) -> None:
        way = self.way(text)
        if way == self.ways[0]:
            self.first = self.first or line
        elif way == self.ways[1]:
            self.second = self.second or line
        elif way and not self.ambiguous:
            self.ambiguous, self.example = line, text

    @property
    def is_torn(self) -> bool:
        return bool(self.first and self.second)

    @property
    def is_told(self) -> bool:
        """Whether one value at least leaves no doubt."""
        return bool(self.first or self.second)

    def verdict(self) -> str | None:
        """The way, any where none is needed; None where a person must say it."""
        if self.is_told:
            return None if self.is_torn else self.ways[0 if self.first else 1]
        return None if self.ambiguous else self.ways[0]


class DateHabit(Habit):
    """The order of day and month."""

    ways = ORDERS

    @staticmethod
    def way(text: str) -> str:
        match = PARTS.fullmatch(text)
        if not match:
            return ""
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            return DAY_FIRST
        if second > 12 >= first:
            return MONTH_FIRST
        return UNSURE if first != second else ""


class NumberHabit(Habit):
    """The decimal mark."""

    ways = MARKS

    @staticmethod
    def way(text: str) -> str:
        return "" if text.isdigit() else _only_mark(text)


def _only_mark(text: str) -> str:
    """Which mark is the decimal one by this value alone: "." or ","; empty where it has none at all."""
    marks = [char for char in text if char in ".,"]
    if not marks:
        return ""
    if len(set(marks)) == 2:
        return marks[-1]
    other = "," if marks[0] == "." else "."
    if len(marks) > 1:
        return other  # twice the same mark: it groups thousands
    whole, _mark, rest = text.partition(marks[0])
    after = re.match(r"\d*", rest)[0]  # type: ignore[index]
    before = re.sub(r"\D", "", whole)
    if len(after) == 3 and 1 <= len(before) <= 3 and before.lstrip("0"):
        return UNSURE
    return marks[0]
