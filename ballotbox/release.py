"""What is let out of a closed wave, and what stays hidden. Pure; the whole decision, made once, for good.

Figures are shown for the whole company and by one dimension (the tier). A ballot keeps its value of that only
where at least ``policy.cell`` were invited with it; the others lie in the rest, which is never shown.

Nothing may follow from a subtraction. What is shown and the total give away exactly one more set of answers:
all that is not shown. So, first for the ballots and then for every question, the smallest cells are hidden
until that set is empty, or

- holds at least ``policy.remainder`` answers, and of more than one cell,
- does not give away how many answers lie in a cell with too few of them, also not to somebody who knows the
  reasons that are shown and how many were invited, and
- does not consist, below ``policy.even`` answers, of answers that are all alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import Any

from ballotbox import figures
from ballotbox.figures import Answer
from ballotbox.policy import Policy
from ballotbox.questionnaire import Answers, Question, Questionnaire

FEW, REMAINDER, INCREMENT, EVEN = "few", "remainder", "increment", "even"
COMPANY = ""
FEW_INVITED = 30  # below, a response rate near nothing or everything says who answered
RESPONSE_FROM, RESPONSE_TO = 10, 90

Shuffle = Callable[[MutableSequence[Any]], None]


@dataclass(frozen=True)
class Ballot:
    """An opened, valid ballot: it carries nothing of whom it came from."""

    answers: Answers
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """What was fixed before the ballots were opened.

    ``invited``: by cell, "" for all. ``earlier``: answers already published, by (cell, question, item).
    """

    asked: Questionnaire
    policy: Policy
    dimensions: Sequence[str] = ()
    invited: Mapping[str, int] = field(default_factory=dict)
    earlier: Mapping[tuple[str, str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.dimensions) > 1:
            raise ValueError("By one dimension only: two could be crossed.")


@dataclass(frozen=True)
class Figure:
    """One number of one cell."""

    cell: str
    question: str
    item: str
    measure: str
    amount: float


@dataclass(frozen=True, order=True)
class Hidden:
    """Why there is none."""

    cell: str
    question: str
    item: str
    reason: str


@dataclass
class Decision:
    """Everything that leaves the tally. ``held``: nothing does, there are too few ballots."""

    held: bool
    ballots: int = 0
    invited: int | None = None
    response: int | None = None
    figures: list[Figure] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    comments: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A question, or one line of it, with its answers by cell; ``rest``: those of ballots without a cell."""

    question: Question
    item: str
    by_cell: Mapping[str, list[Answer]]
    rest: list[Answer]

    @property
    def everything(self) -> list[Answer]:
        return [*self.rest, *(each for answers in self.by_cell.values() for each in answers)]

    def size(self, cell: str) -> int:
        """Answers of a cell that say something."""
        return len(figures.given(self.question, self.by_cell[cell]))


def decide(frame: Frame, ballots: Sequence[Ballot], shuffle: Shuffle) -> Decision:
    """Judge a closed wave. ``shuffle`` orders comments and rows anew, each list by itself."""
    if len(ballots) < frame.policy.score:
        return Decision(held=True)
    invited, response = _response(frame, len(ballots))
    decision = Decision(False, len(ballots), invited, response)
    split = _Split.of(frame, ballots)
    reasons = _judge_cells(frame, split)
    decision.hidden += [Hidden(cell, "", "", reason) for cell, reason in reasons.items()]
    for question in frame.asked.asked:
        if question.type == "text":
            _judge_texts(frame, question, ballots, decision, shuffle)
            continue
        for table in split.tables(question):
            _judge_table(frame, split, reasons, table, decision)
    shuffle(decision.figures)
    shuffle(decision.hidden)
    return decision


def shuffled(ballots: Iterable[Ballot], shuffle: Shuffle) -> list[Ballot]:
    """In a new order."""
    found = list(ballots)
    shuffle(found)
    return found


def strictest(policies: Iterable[Policy]) -> Policy:
    """The highest of each floor: of waves that are let out together."""
    first, *others = policies
    for other in others:
        mine, theirs = first.to_json(), other.to_json()
        first = Policy(**{name: max(mine[name], theirs[name]) for name in mine})
    return first


def carried(answers: Answers, old: Questionnaire, new: Questionnaire) -> Answers:
    """Answers to an older version: those to questions that the newer one asks in the same way."""

    def shapes(asked: Questionnaire) -> dict[str, tuple[str, frozenset[str]]]:
        return {each.key: (each.type, frozenset(each.option_keys)) for each in asked.asked}

    before, now = shapes(old), shapes(new)
    return {key: value for key, value in answers.items() if key in now and now[key] == before.get(key)}


# -- Ballots by cell ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Split:
    by_cell: dict[str, list[Ballot]]
    rest: list[Ballot]
    most: dict[str, int]  # that can have answered: invited

    @classmethod
    def of(cls, frame: Frame, ballots: Sequence[Ballot]) -> _Split:
        names = tuple(f"{each}:" for each in frame.dimensions)
        most = {
            cell: count
            for cell, count in sorted(frame.invited.items())
            if cell.startswith(names) and count >= frame.policy.cell
        }
        split = cls({cell: [] for cell in most}, [], most)
        for ballot in ballots:
            values = [f"{each}:{ballot.codes.get(each, '')}" for each in frame.dimensions]
            cell = values[0] if values else ""
            split.by_cell.get(cell, split.rest).append(ballot)
        return split

    def tables(self, question: Question) -> Iterator[Table]:
        for item in question.option_keys if question.type == "items" else ("",):
            yield Table(
                question, item,
                {cell: list(_answers(ballots, question, item)) for cell, ballots in self.by_cell.items()},
                list(_answers(self.rest, question, item)),
            )  # fmt: skip


def _answers(ballots: Sequence[Ballot], question: Question, item: str) -> Iterator[Answer]:
    for ballot in ballots:
        value = ballot.answers.get(question.key)
        if item and isinstance(value, dict):
            value = value.get(item)
        if value not in (None, "", [], {}):
            yield value


# -- Which cells stay hidden --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Span:
    """How many answers a cell has, and what a reader can tell of that without seeing it."""

    size: int
    low: int
    high: int


def _judge_cells(frame: Frame, split: _Split) -> dict[str, str]:
    """Cells that show nothing at all, with the reason."""
    policy = frame.policy
    sizes = {cell: len(ballots) for cell, ballots in split.by_cell.items()}
    reasons = {cell: FEW for cell, size in sizes.items() if size < policy.score}

    def span(cell: str) -> _Span:
        few = reasons.get(cell) == FEW
        return _Span(
            sizes[cell],
            0 if few else policy.score,
            min(split.most[cell], policy.score - 1) if few else split.most[cell],
        )

    rest_most = max(frame.invited.get("", 0) - sum(split.most.values()), len(split.rest))
    rest = _Span(len(split.rest), 0, rest_most)

    def safe(hidden: Collection[str]) -> bool:
        return _counts_are_safe([rest, *map(span, hidden)], policy)

    _hide_until(safe, sizes, reasons)
    return reasons


def _hide_until(
    safe: Callable[[Collection[str]], bool], sizes: Mapping[str, int], reasons: dict[str, str]
) -> None:
    """Hide the smallest cells until what is hidden is safe. Where all of them do not suffice, no reason that
    says more than "hidden" is given."""
    while not safe(reasons):
        shown = sorted((size, cell) for cell, size in sizes.items() if cell not in reasons)
        if not shown:
            reasons.update(dict.fromkeys(reasons, REMAINDER))
            return
        reasons[shown[0][1]] = REMAINDER


def _counts_are_safe(spans: Sequence[_Span], policy: Policy) -> bool:
    """Whether the sum of what is hidden gives away no count that is too small to be known."""
    total = sum(span.size for span in spans)
    if 0 < total < policy.remainder:
        return False
    for span in spans:
        others_low = sum(other.low for other in spans) - span.low
        others_high = sum(other.high for other in spans) - span.high
        known = max(span.low, total - others_high) == min(span.high, total - others_low)
        if known and 0 < span.size < policy.score:
            return False
    return True


# -- One question -------------------------------------------------------------------------------------


def _judge_table(
    frame: Frame, split: _Split, cells: Mapping[str, str], table: Table, decision: Decision
) -> None:
    question, item, policy = table.question, table.item, frame.policy
    reason = _why_not(frame, COMPANY, table, table.everything)
    if reason:
        decision.hidden.append(Hidden(COMPANY, question.key, item, reason))
    else:
        decision.figures += _figures(COMPANY, table, table.everything, policy)
    open_cells = [cell for cell in table.by_cell if cell not in cells]
    if reason or figures.almost_all(question, table.everything, policy):
        # A cell could be compared with a total that is told only roughly.
        hidden = dict.fromkeys(open_cells, FEW if reason == FEW else REMAINDER)
    else:
        hidden = _hidden_cells(frame, split, cells, table)
    decision.hidden += [Hidden(cell, question.key, item, why) for cell, why in hidden.items()]
    for cell in open_cells:
        if cell not in hidden:
            decision.figures += _figures(cell, table, table.by_cell[cell], policy)


def _why_not(frame: Frame, cell: str, table: Table, answers: Sequence[Answer]) -> str:
    """Why a cell of a table may not be shown, whatever the others are; or ""."""
    policy, size = frame.policy, len(figures.given(table.question, answers))
    if size < policy.score:
        return FEW
    if size < policy.increment and frame.earlier.get((cell, table.question.key, table.item), 0):
        return INCREMENT
    alike = figures.almost_all(table.question, answers, policy)
    return EVEN if alike and (cell != COMPANY or size < figures.FEWEST_FOR_ALMOST_ALL) else ""


def _hidden_cells(frame: Frame, split: _Split, cells: Mapping[str, str], table: Table) -> dict[str, str]:
    """Of the cells that show something, those that show nothing of this table."""
    policy = frame.policy
    sizes = {cell: table.size(cell) for cell in table.by_cell if cell not in cells}
    found = {cell: _why_not(frame, cell, table, table.by_cell[cell]) for cell in sizes}
    # "All alike" with the answers of the hidden cells at hand would say what they are.
    reasons = {cell: REMAINDER if why == EVEN else why for cell, why in found.items() if why}

    def span(cell: str) -> _Span:
        why = cells.get(cell) or reasons.get(cell)
        most = split.most[cell] if cell in cells else len(split.by_cell[cell])
        if why == FEW:
            most = min(most, policy.score - 1)
        return _Span(table.size(cell), policy.score if cell in reasons and why != FEW else 0, most)

    rest_size = len(figures.given(table.question, table.rest))
    rest = _Span(rest_size, 0, len(split.rest))

    def safe(hidden: Collection[str]) -> bool:
        left = [*cells, *hidden]
        answers = [*table.rest, *(each for cell in left for each in table.by_cell[cell])]
        filled = [cell for cell in left if table.by_cell[cell]]
        if len(filled) == 1 and not table.rest:
            return False  # hidden in vain: the difference is exactly this cell
        return _counts_are_safe([rest, *map(span, left)], policy) and _answers_are_safe(
            table.question, answers, policy
        )

    _hide_until(safe, sizes, reasons)
    return reasons


def _answers_are_safe(question: Question, answers: Sequence[Answer], policy: Policy) -> bool:
    """Whether a set of answers may be known from a subtraction."""
    if not answers:
        return True
    enough = len(answers) >= policy.remainder
    return enough and (len(answers) >= policy.even or not figures.all_alike(question, answers))


def _judge_texts(
    frame: Frame, question: Question, ballots: Sequence[Ballot], decision: Decision, shuffle: Shuffle
) -> None:
    """Comments: for the whole company only, in a new order, with nothing beside them."""
    texts = [str(each) for each in _answers(ballots, question, "") if str(each).strip()]
    earlier = frame.earlier.get((COMPANY, question.key, ""), 0)
    if len(texts) < frame.policy.comment:
        decision.hidden.append(Hidden(COMPANY, question.key, "", FEW))
    elif earlier and len(texts) < frame.policy.increment:
        decision.hidden.append(Hidden(COMPANY, question.key, "", INCREMENT))
    else:
        shuffle(texts)
        decision.comments[question.key] = texts
        decision.figures.append(Figure(COMPANY, question.key, "", "n", len(texts)))


def _figures(cell: str, table: Table, answers: Sequence[Answer], policy: Policy) -> list[Figure]:
    found = figures.measures(table.question, answers, policy)
    return [Figure(cell, table.question.key, table.item, name, amount) for name, amount in found.items()]


def _response(frame: Frame, ballots: int) -> tuple[int | None, int | None]:
    """How many were invited, and the response in per cent, rounded to 5; both or neither."""
    invited = frame.invited.get("", 0)
    if invited < ballots:
        return None, None
    rate = 100 * ballots / invited
    if invited < FEW_INVITED and not RESPONSE_FROM <= rate <= RESPONSE_TO:
        return None, None
    return invited, 5 * math.floor(rate / 5 + 0.5)
