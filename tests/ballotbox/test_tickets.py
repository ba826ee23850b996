"""A ticket cannot be forged, bent or read, and says the same after its way through a mail."""

from __future__ import annotations

import base64
import re
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotbox import tickets
from ballotbox.tickets import Ticket, TicketError

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
some_tickets = st.builds(
    Ticket,
    wave=st.uuids(version=4),
    tag=st.binary(min_size=16, max_size=16),
    language=st.sampled_from(["en", "de", "nb", "zh-hans"]),
    codes=st.dictionaries(st.sampled_from(["tier", "team"]), st.text("abcLæ", max_size=8), max_size=2),
    is_test=st.booleans(),
)


def raw(text: str) -> bytearray:
    body = text[:-1]
    return bytearray(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def link(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=") + tickets.END


@settings(deadline=None)
@given(some_tickets)
def test_a_ticket_comes_back_as_it_was(ticket: Ticket) -> None:
    text = tickets.write(KEY, ticket)
    assert tickets.read(KEY, text) == ticket
    assert tickets.wave_of(text) == ticket.wave


@settings(deadline=None)
@given(some_tickets)
def test_all_links_have_one_shape(ticket: Ticket) -> None:
    text = tickets.write(KEY, ticket)
    assert len(text) == len(tickets.write(KEY, Ticket(uuid4(), b"t" * 16)))
    assert len(text) < 200
    assert re.fullmatch(r"[A-Za-z0-9_-]+1", text)  # nothing at its end that a mail program cuts off


@settings(deadline=None)
@given(some_tickets, st.data())
def test_one_flipped_bit_makes_it_worthless(ticket: Ticket, data: st.DataObject) -> None:
    content = raw(tickets.write(KEY, ticket))
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TicketError):
        tickets.read(KEY, link(bytes(content)))


@settings(deadline=None)
@given(some_tickets, st.data())
def test_a_ticket_cannot_be_cut_or_lengthened(ticket: Ticket, data: st.DataObject) -> None:
    content = bytes(raw(tickets.write(KEY, ticket)))
    cut = data.draw(st.integers(0, len(content) - 1))
    for bent in (content[:cut], content + b"\0", content + content):
        with pytest.raises(TicketError):
            tickets.read(KEY, link(bent))


@settings(deadline=None)
@given(some_tickets, st.uuids(version=4))
def test_another_waves_key_opens_nothing(ticket: Ticket, wave: UUID) -> None:
    text = tickets.write(KEY, ticket)
    with pytest.raises(TicketError):
        tickets.read(OTHER_KEY, text)
    moved = link(wave.bytes + bytes(raw(text))[16:])  # the same ticket, said to be of another wave
    with pytest.raises(TicketError):
        tickets.read(KEY, moved)


@settings(deadline=None)
@given(st.binary(max_size=300).map(lambda raw: raw.decode("utf-8", "replace")))
def test_what_is_no_ticket_is_refused_without_any_other_error(text: str) -> None:
    with pytest.raises(TicketError):
        tickets.read(KEY, text)


@settings(deadline=None)
@given(st.text("ABCabc019_-", min_size=100, max_size=420))
def test_what_looks_like_a_ticket_neither(text: str) -> None:
    with pytest.raises(TicketError):
        tickets.read(KEY, text + "1")


def test_two_tickets_of_one_invitation_look_alike_in_nothing_but_their_wave() -> None:
    ticket = Ticket(uuid4(), b"t" * 16, codes={"tier": "Large"})
    first, second = (raw(tickets.write(KEY, ticket)) for _ in range(2))
    assert first[:16] == second[:16]
    same = sum(a == b for a, b in zip(first[16:], second[16:], strict=True))
    assert same < 20  # of more than a hundred, by chance
    assert b"Large" not in first


def test_codes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="80 fit"):
        tickets.write(KEY, Ticket(uuid4(), b"t" * 16, codes={"tier": "x" * 80}))
    with pytest.raises(ValueError, match="16 bytes"):
        tickets.write(KEY, Ticket(uuid4(), b"short"))


@settings(deadline=None)
@given(st.uuids(), st.uuids())
def test_a_tag_belongs_to_one_invitation_and_one_day(one: UUID, other: UUID) -> None:
    tag = tickets.tag_of(KEY, one)
    assert len(tag) == tickets.TAG_BYTES
    assert tag == tickets.tag_of(KEY, one)
    assert tag != tickets.tag_of(OTHER_KEY, one)
    assert (tag == tickets.tag_of(KEY, other)) == (one == other)


def test_a_mark_is_the_same_for_all_tickets_of_an_invitation_and_needs_the_waves_key() -> None:
    ticket = Ticket(uuid4(), b"t" * 16, "en", {"tier": "Large"})
    again = Ticket(ticket.wave, ticket.tag, "de")
    mark = tickets.mark_of(KEY, ticket)
    assert mark == tickets.mark_of(KEY, again)
    others = [
        tickets.mark_of(OTHER_KEY, ticket), tickets.mark_of(KEY, Ticket(uuid4(), ticket.tag)),
        tickets.mark_of(KEY, Ticket(ticket.wave, b"u" * 16)), ticket.tag,
    ]  # fmt: skip
    assert mark not in others
