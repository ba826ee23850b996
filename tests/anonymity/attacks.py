"""Ways to find out who said what. The same ones are tried on the product and on the naive tables.

Each returns how many people were linked with their own words (or how many secrets were found).
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import Any
from uuid import UUID

from ballotbox import sealing, tickets
from ballotbox.tickets import Ticket
from tests.anonymity.evidence import Evidence, Moment, Person, Row

# One in a million that chance alone links more than this many of 24 in one of eight orders: the tail of a
# Poisson distribution with mean 1 from 10 on is 1.1e-7. (The 99.9 % bound over many seeds: test_release.)
BY_CHANCE = 9


def contents(moment: Moment, order: Sequence[Person]) -> list[tuple[Row, Person]]:
    """Rows in which somebody's words can be read, and whose they are (which the attacker wants to know)."""
    return [(row, who) for row in moment.rows for who in order if who.canary in row.text]


def about_people(moment: Moment, invited: Sequence[Person]) -> list[tuple[Row, Person]]:
    """Rows that name somebody who was invited."""
    by_email = {who.email: who for who in invited}
    return [(row, by_email[value]) for row in moment.rows for value in row.values if value in by_email]


ORDERS: dict[str, Callable[[tuple[Row, Person]], Any]] = {
    "dump": lambda found: (found[0].table, found[0].place),
    "ctid": lambda found: (found[0].table, found[0].ctid),
    "xmin": lambda found: found[0].xmin,
    "key": lambda found: found[0].values,
}


def by_order(evidence: Evidence, known: Sequence[Person] | None = None) -> int:
    """Lay the words in the order of the tables beside the people in the order in which they answered (T3).

    ``known``: that order, for an attacker who has it from elsewhere; without it, it is read from the rows
    that name people: those that were written again, in the order in which they lie there now.
    """
    queue = list(known) if known is not None else changed_people(evidence)
    found = contents(evidence.last, evidence.order)
    best = 0
    for order in ORDERS.values():
        ordered = [who for _, who in sorted(found, key=order)]
        for guess in (ordered, ordered[::-1]):
            best = max(best, sum(a == b for a, b in zip(queue, guess, strict=False)))
    return best


def changed_people(evidence: Evidence) -> list[Person]:
    """Those whose row was touched while answers came in, in heap order."""
    before = {(row.table, row.values[0]): (row.ctid, row.xmin) for row in evidence.first.rows}
    touched = [
        (row, who)
        for row, who in about_people(evidence.last, evidence.invited)
        if before.get((row.table, row.values[0]), (row.ctid, row.xmin)) != (row.ctid, row.xmin)
    ]
    return [who for _, who in sorted(touched, key=ORDERS["ctid"])]


def by_snapshots(evidence: Evidence) -> int:
    """Compare two dumps that lie one answer apart: new words are of the one who has just answered (T4)."""
    hits = 0
    for who, before, after in evidence.steps():
        old = {row.text for row in before.rows}
        fresh = [each for row in after.rows if row.text not in old for each in _whose(row, evidence.order)]
        hits += fresh == [who]
    return hits


def _whose(row: Row, order: Sequence[Person]) -> list[Person]:
    return [who for who in order if who.canary in row.text]


def by_transaction(evidence: Evidence) -> int:
    """Join people and words that one transaction has written."""
    people: dict[int, set[Person]] = {}
    for row, who in about_people(evidence.last, evidence.invited):
        people.setdefault(row.xmin, set()).add(who)
    return sum(people.get(row.xmin) == {who} for row, who in contents(evidence.last, evidence.order))


def by_shared_values(evidence: Evidence, side: Callable[[Row], str], allowed: Iterable[str] = ()) -> set[str]:
    """Values that stand beside people and beside words or ballots: a key to join them by (T2).

    ``side``: "people", "words", or "" for a row that is neither.
    """
    vocabulary = {*allowed, "t", "f", "True", "False", "None", ""}
    sides: dict[str, set[str]] = {"people": set(), "words": set(), "": set()}
    for moment in (evidence.moments[-2], evidence.last):
        for row in moment.rows:
            sides[side(row)].update(leaf for value in row.values for leaf in leaves(value))
    return (sides["people"] & sides["words"]) - vocabulary


def leaves(value: str) -> Iterator[str]:
    """A value, and what is inside it where it is JSON, a list or a set of words."""
    yield value
    try:
        inside = json.loads(value)
    except ValueError:
        yield from (part for part in re.split(r"[\s,{}\[\]'\"]+", value) if len(part) > 3)
        return
    if isinstance(inside, dict):
        for key, each in inside.items():
            yield str(key)
            yield from leaves(json.dumps(each))
    elif isinstance(inside, list):
        for each in inside:
            yield from leaves(json.dumps(each))
    else:
        yield str(inside)


def ballots_seen(evidence: Evidence, wave: UUID) -> set[bytes]:
    """Every sealed ballot in any dump."""
    found = set()
    for moment in evidence.moments:
        for row in moment.rows:
            if row.values[:1] == (str(wave),) and len(row.values) == 3:
                found.add(bytes.fromhex(row.values[2]))
    return found


def by_keys(evidence: Evidence, wave: UUID, files: dict[str, bytes]) -> set[str]:
    """Try whatever may be a key, in files and in the database, on every ballot of every dump (T5)."""
    opened = set()
    tried = candidates([*files.values(), *(moment.dump.encode() for moment in evidence.moments[-2:])])
    for sealed in ballots_seen(evidence, wave):
        for key in tried:
            try:
                opened.add(json.dumps(sealing.unseal(key, wave, sealed)))
            except sealing.SealError:
                continue
    return opened


def by_links(
    evidence: Evidence, wave: UUID, tags: Mapping[Person, Collection[bytes]], keys: Collection[bytes]
) -> set[Person]:
    """Work out under which tag somebody's ballot would lie, and look whether one lies there.

    ``tags``: what is known of an invitation; ``keys``: whatever may be one, tried in every place.
    """
    seen = {
        bytes.fromhex(row.values[1])
        for moment in evidence.moments for row in moment.rows
        if len(row.values) == 3 and row.values[0] == str(wave)
    }  # fmt: skip
    return {who for who, known in tags.items() if any(_worked_out(keys, wave, tag) & seen for tag in known)}


def _worked_out(keys: Collection[bytes], wave: UUID, tag: bytes) -> set[bytes]:
    marks = {tag, *(tickets.mark_of(key, Ticket(wave, tag)) for key in keys)}
    return marks | {
        hmac.digest(key, wave.bytes + mark, "sha256")[: tickets.TAG_BYTES] for key in keys for mark in marks
    }


def opened_links(
    links: Mapping[Person, Collection[str]], keys: Collection[bytes]
) -> dict[Person, set[bytes]]:
    """The tags in the links of copied mails, as far as one of the keys opens them."""
    found: dict[Person, set[bytes]] = {}
    for who, texts in links.items():
        for text, key in product(texts, keys):
            with suppress(tickets.TicketError, ValueError):
                tag = tickets.read(key, text).tag
                found.setdefault(who, set()).add(tag)
    return found


def read_with(
    evidence: Evidence, wave: UUID, tags: Mapping[Person, Collection[bytes]], keys: Collection[bytes]
) -> int:
    """Open ballots, and find by the mark inside whose they are: how many people are read."""
    said = {}
    for sealed, key in product(ballots_seen(evidence, wave), keys):
        with suppress(sealing.SealError, ValueError):
            opened = sealing.unseal(key, wave, sealed)
            said[str(opened.get("mark"))] = json.dumps(opened)
    return sum(
        who.canary in said.get(mark.hex(), "")
        for who, known in tags.items() for tag in known for mark in _worked_out(keys, wave, tag)
    )  # fmt: skip


def candidates(contents: Iterable[bytes]) -> set[bytes]:
    """All 32 bytes that somebody may have written down: raw, in hex, in base64."""
    found = set()
    for content in contents:
        if len(content) == 32:
            found.add(content)
        found |= {bytes.fromhex(each.decode()) for each in re.findall(rb"\b[0-9a-f]{64}\b", content)}
        found |= {base64.b64decode(each) for each in re.findall(rb"[A-Za-z0-9+/]{43}=", content)}
    return found


def grep(needles: Iterable[str], haystack: dict[str, bytes]) -> list[tuple[str, str]]:
    """(what, where) of everything that should be nowhere; also as hex and base64 of the text (T1)."""
    found = []
    for needle in needles:
        raw = needle.encode()
        # base64 of the middle, whatever stands before it
        coded = [raw, raw.hex().encode(), *(base64.b64encode(raw[n:])[2:-4] for n in range(3))]
        found += [
            (needle, place) for place, content in haystack.items() if any(each in content for each in coded)
        ]
    return found
