"""An attacker with everything that was ever published, by brute force over small worlds (T14).

The attacker knows the rules, the floors, how many were invited by tier, and every figure and reason. It
lists all ways in which the answers can have been given that agree with what was published, and must find
neither how many answered in a hidden cell with too few answers, nor what fewer than ``even`` people said
(unless they are part of a larger set that all said the same).
"""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from ballotbox import figures
from ballotbox.policy import Policy
from ballotbox.questionnaire import Question, Questionnaire
from ballotbox.release import COMPANY, FEW, REMAINDER, Ballot, Decision, Frame, decide

# Floors far below the lowest that a wave may have, so that all worlds can be listed.
POLICY = Policy(score=3, comment=3, remainder=2, increment=2, cell=4, cautious=6, even=5)
NPS = Question("q", "nps", {"en": "?"})
ASKED = Questionnaire((NPS,))
VALUES = (10, 7, 0)  # one of each band
CELLS = ("tier:A", "tier:B", "tier:C")
REST = "rest"
Bands = tuple[int, int, int]
World = dict[str, Bands]


def ballots(world: World) -> list[Ballot]:
    return [
        Ballot({"q": value}, {} if cell == REST else {"tier": cell.removeprefix("tier:")})
        for cell, counts in world.items()
        for value, count in zip(VALUES, counts, strict=True)
        for _ in range(count)
    ]


def publish(world: World, invited: dict[str, int]) -> Decision:
    return decide(Frame(ASKED, POLICY, ["tier"], invited), ballots(world), lambda rows: None)


def bands_of(n: int) -> Iterator[Bands]:
    for promoters in range(n + 1):
        for passives in range(n - promoters + 1):
            yield promoters, passives, n - promoters - passives


def figures_of(decision: Decision, cell: str) -> dict[str, float]:
    return {each.measure: each.amount for each in decision.figures if each.cell == cell}


def told(counts: Bands) -> dict[str, float]:
    answers: list[Any] = [value for value, count in zip(VALUES, counts, strict=True) for _ in range(count)]
    return dict(figures.measures(NPS, answers, POLICY))


def total(world: World) -> Bands:
    return tuple(map(sum, zip(*world.values(), strict=True)))  # type: ignore[return-value]


def possible(decision: Decision, invited: dict[str, int]) -> Iterator[World]:
    """All worlds that agree with what was published. The number of ballots is published too."""
    reasons = {each.cell: each.reason for each in decision.hidden if each.cell != COMPANY}
    kept = [cell for cell in CELLS if invited[cell] >= POLICY.cell]
    rest_most = invited[""] - sum(invited[cell] for cell in kept)
    silent = set(reasons.values()) == {REMAINDER} and set(reasons) == set(kept)
    choices: dict[str, list[Bands]] = {}
    for cell in kept:
        shown = figures_of(decision, cell)
        if shown:
            choices[cell] = [each for each in bands_of(int(shown["n"])) if told(each) == shown]
            continue
        # A cell that is hidden for the sake of others has enough answers; unless no reason tells anything.
        low = 0 if reasons[cell] == FEW or silent else POLICY.score
        most = POLICY.score - 1 if reasons[cell] == FEW else invited[cell]
        choices[cell] = [each for n in range(low, min(most, invited[cell]) + 1) for each in bands_of(n)]
    company = figures_of(decision, COMPANY)
    overall = [each for each in bands_of(decision.ballots) if not company or told(each) == company]
    for chosen in product(*choices.values()):
        sums = [sum(part) for part in zip(*chosen, strict=True)] if chosen else [0, 0, 0]
        for whole in overall:
            rest = tuple(w - s for w, s in zip(whole, sums, strict=True))
            if min(rest) >= 0 and sum(rest) <= rest_most:
                yield dict(zip(choices, chosen, strict=True)) | {REST: rest}  # type: ignore[dict-item]


def large_and_alike(world: World) -> bool:
    """True for a set that may be told although all of it said the same."""
    return max(total(world)) == sum(total(world)) >= POLICY.even


def attack(world: World, decision: Decision, invited: dict[str, int]) -> list[str]:
    """What the attacker is sure of and should not be."""
    counts: dict[str, set[int]] = {}
    only: dict[str, set[str]] = {}  # the bands that all of a cell may share; "" where they may differ
    true_one_seen = False
    for each in possible(decision, invited):
        true_one_seen |= each == world
        for cell, answers in each.items():
            counts.setdefault(cell, set()).add(sum(answers))
            alike = [band for band, count in enumerate(answers) if count and count == sum(answers)]
            only.setdefault(cell, set()).add(str(alike[0]) if alike else "")
    assert true_one_seen, "what the attacker knows is true"
    unseen = [cell for cell in world if not figures_of(decision, cell)]
    everybody = decision.ballots == invited[COMPANY]  # then who answered is no secret: everybody did
    found = []
    for cell, answers in world.items():
        n = sum(answers)
        if 0 < n < POLICY.score and not everybody and counts[cell] == {n}:
            found.append(f"{cell} has {n} answers")
        known_alike = large_and_alike(world) or (
            not figures_of(decision, cell) and large_and_alike({c: world[c] for c in unseen})
        )
        if 0 < n < POLICY.even and len(only[cell]) == 1 and only[cell] != {""} and not known_alike:
            found.append(f"all {n} of {cell} said {VALUES[int(next(iter(only[cell])))]}")
    return found


few_bands = st.tuples(*[st.integers(0, 3)] * 3)
worlds = st.fixed_dictionaries({
    "tier:A": few_bands,
    "tier:B": few_bands,
    "tier:C": st.one_of(st.just((0, 0, 0)), st.tuples(*[st.integers(0, 1)] * 3)),
    REST: st.one_of(st.just((0, 0, 0)), st.tuples(*[st.integers(0, 1)] * 3)),
})  # fmt: skip


@given(worlds, st.lists(st.integers(0, 6), min_size=4, max_size=4))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
def test_nothing_follows_from_what_is_published(world: World, silent: list[int]) -> None:
    invited = {cell: sum(world[cell]) + more for cell, more in zip((*CELLS, REST), silent, strict=True)}
    invited[""] = sum(invited.values())
    dropped = [cell for cell in CELLS if invited[cell] < POLICY.cell]
    decision = publish(world, invited)
    assume(not decision.held)
    seen = {cell: counts for cell, counts in world.items() if cell not in dropped and cell != REST}
    seen[REST] = total({cell: world[cell] for cell in (REST, *dropped)})
    event(f"{sum(1 for cell in CELLS if figures_of(decision, cell))} tiers shown")
    assert attack(seen, decision, invited) == []


def test_the_attacker_is_able() -> None:
    """Negative control: without complementary suppression the same attacker finds what it should not."""
    world: World = {"tier:A": (2, 1, 2), "tier:B": (1, 0, 0), REST: (0, 0, 0)}
    invited = {"tier:A": 9, "tier:B": 9, "tier:C": 0, "": 18}
    decision = publish(world, invited)
    assert attack(world, decision, invited) == []
    careless = Decision(
        False, 6, None, None, [*decision.figures], [each for each in decision.hidden if each.cell == "tier:B"]
    )
    from ballotbox.release import Figure

    careless.figures += [
        Figure("tier:A", "q", "", name, amount) for name, amount in told(world["tier:A"]).items()
    ]
    found = attack(world, careless, invited)
    assert "tier:B has 1 answers" in found
    assert "all 1 of tier:B said 10" in found


# -- Bigger worlds: everything that additions and subtractions give ---------------------------------------

REAL = Policy()
sizes = st.integers(0, 45)
spread = st.tuples(*[st.integers(0, 20)] * 3)


@given(st.dictionaries(st.sampled_from("ABCDE"), spread, min_size=1), spread, st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_difference_of_published_sets_is_small_or_alike(
    tiers: dict[str, Bands], rest: Bands, optional: bool
) -> None:
    """With the real floors: the total less any shown cells leaves nothing, or a set that may be known."""
    world: World = {f"tier:{name}": counts for name, counts in tiers.items()} | {REST: rest}
    invited = {cell: sum(counts) + 60 for cell, counts in world.items() if cell != REST}
    invited[""] = sum(invited.values()) + sum(rest) + 60
    extra = [Ballot({}, {"tier": name}) for name in tiers for _ in range(9)] if optional else []
    found = decide(Frame(ASKED, REAL, ["tier"], invited), ballots(world) + extra, lambda rows: None)
    company = figures_of(found, COMPANY)
    cells = [cell for cell in world if cell != REST and figures_of(found, cell)]
    assert not (cells and "n" not in company)
    for cell in cells:
        n = sum(world[cell])
        assert n >= REAL.score
        assert n >= REAL.even or max(world[cell]) < n
    if not cells:
        return
    left = {cell: counts for cell, counts in world.items() if cell not in cells}
    difference = total(left) if left else (0, 0, 0)
    n = sum(difference)
    assert n == company["n"] - sum(figures_of(found, cell)["n"] for cell in cells)
    assert n == 0 or n >= REAL.remainder
    assert n == 0 or n >= REAL.even or max(difference) < n
    filled = Counter(cell for cell, counts in left.items() if sum(counts))
    if len(filled) == 1:
        assert set(filled) == {REST}
        assert n >= REAL.score
