"""The product under attack: the same attacks that break the usual tables link nobody here.

40 are invited, 24 answer in an order that the attacker knows, on the real programs. The attacker has a dump
of both databases after every submit, the write-ahead log, copies of all mails, all logs and files, the
broker's file, the application's credentials; after the release also the tally's folder. Not here: the
long-running check in production (T21).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ballotbox import keyfiles, tickets
from ballotbox.box.tags import DayTags
from tests.anonymity import attacks
from tests.anonymity.crm import SELLER, how_often
from tests.anonymity.evidence import Evidence, Moment, Person, Row
from tests.anonymity.play import ANSWERS, CRM, INVITED, VISITOR, Play, perform
from tests.ballots import Ballots, _empty

pytestmark = [
    pytest.mark.slow, pytest.mark.xdist_group("anonymity"), pytest.mark.django_db,
]  # fmt: skip


@pytest.fixture(scope="module")
def play(
    ballots_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory, django_db_setup: None,
    django_db_blocker: Any,
) -> Play:  # fmt: skip
    """The whole play, once for all attacks."""
    urls = [ballots_database[f"BALLOTS_{role}_URL"] for role in ("TALLY", "BOX", "RESULTS")]
    ballots = Ballots(*urls, folder=tmp_path_factory.mktemp("attack"))
    for folder in (ballots.waves, ballots.survey_keys, ballots.tally_keys):
        folder.mkdir(mode=0o700, parents=True)
    _empty(ballots.tally_url)
    with django_db_blocker.unblock():
        return perform(ballots)


def moments_before_release(play: Play) -> list[Moment]:
    return play.evidence.moments[:-1]


def dumps(moments: list[Moment]) -> dict[str, bytes]:
    return {f"dump {n}": moment.dump.encode() for n, moment in enumerate(moments)}


def of_ballots(moments: list[Moment]) -> dict[str, bytes]:
    """What lies in the ballots' database, row by row."""
    rows = [[row.text for row in each.rows if not row.table.startswith(CRM)] for each in moments]
    return {f"ballots {n}": "\n".join(texts).encode() for n, texts in enumerate(rows)}


def test_everything_happened(play: Play) -> None:
    """Or the attacks would find nothing because there is nothing."""
    assert len(play.comments) == ANSWERS
    assert len(attacks.contents(play.evidence.last, play.evidence.order)) == ANSWERS
    assert len(attacks.ballots_seen(play.evidence, play.wave)) == ANSWERS
    assert len(play.evidence.moments) == ANSWERS + 3
    assert len(play.evidence.submits) == ANSWERS
    assert set(play.refused) == {422, 503}
    assert how_often(play.mails[0]) == {who.email: 1 for who in play.evidence.invited}


# -- Order, snapshots, transactions (T3, T4) --------------------------------------------------------------


def test_no_order_of_rows_links_more_than_chance(play: Play) -> None:
    assert attacks.by_order(play.evidence) <= attacks.BY_CHANCE
    assert attacks.by_order(play.evidence, known=play.evidence.order) <= attacks.BY_CHANCE


def test_dumps_one_submit_apart_link_nobody(play: Play) -> None:
    assert attacks.by_snapshots(play.evidence) == 0


def test_a_submit_changes_one_row_in_both_databases_a_ballot(play: Play) -> None:
    ballots = f"public.ballot_{str(play.wave).replace('-', '')}"
    for _, before, after in play.evidence.steps():
        old = {(row.table, row.ctid, row.xmin, row.values) for row in before.rows}
        new = {(row.table, row.ctid, row.xmin, row.values) for row in after.rows}
        assert old < new
        assert [table for table, *_ in new - old] == [ballots]


def test_no_transaction_has_written_people_and_words(play: Play) -> None:
    assert attacks.by_transaction(play.evidence) == 0


def test_what_is_released_was_written_at_once(play: Play) -> None:
    tables = {"public.release", "public.figure", "public.hidden", "public.comment"}
    assert (
        len({row.xmin for row in play.evidence.last.rows if row.table in tables}) <= 2
    )  # and the day of the keys
    assert len({row.xmin for row in play.evidence.last.rows if row.table == "public.comment"}) == 1


# -- Values that join (T2), lengths (T6) ------------------------------------------------------------------


def test_nothing_joins_a_ballot_or_a_comment_with_anything_of_the_application(play: Play) -> None:
    def side(row: Row) -> str:
        if row.table.startswith(CRM):
            return "people"
        return "words" if row.table.startswith(("public.ballot", "public.comment")) else ""

    assert attacks.by_shared_values(play.evidence, side, {str(play.wave), "change"}) == set()


def test_nothing_that_is_released_joins_with_somebody(play: Play) -> None:
    named = {id(row) for each in play.evidence.moments
             for row, _ in attacks.about_people(each, play.evidence.invited)}  # fmt: skip

    def side(row: Row) -> str:
        if id(row) in named:
            return "people"
        return "" if row.table.startswith(CRM) else "words"

    shared = attacks.by_shared_values(
        play.evidence, side, {str(play.wave), "tier", "Large", "Small", "survey", "en", "[]"}
    )
    telling = {value for value in shared if not re.fullmatch(r"\d{1,3}|\d{4}-\d\d-\d\d", value)}
    assert telling == set(), telling


def test_all_ballots_and_all_answers_of_the_box_have_one_length(play: Play) -> None:
    assert {len(sealed) for sealed in attacks.ballots_seen(play.evidence, play.wave)} == {4144}
    assert len(set(play.pages)) == 1  # also for a second ballot of the same person, which changes nothing


# -- Words, tickets and addresses where they should not be (T1) -------------------------------------------


def test_before_the_release_no_words_are_anywhere(play: Play) -> None:
    words = [who.canary for who in play.evidence.order]
    mails = {f"mail {n}": copy.raw for n, copy in enumerate(play.copies)}
    places = play.before | play.keys_before | mails | dumps(moments_before_release(play))
    assert attacks.grep(words, places) == []


def test_after_the_release_words_are_only_among_comments(play: Play) -> None:
    words = [who.canary for who in play.evidence.order]
    assert attacks.grep(words, play.after) == []
    tables = {row.table for row, _ in attacks.contents(play.evidence.last, play.evidence.order)}
    assert tables == {"public.comment"}


def test_tickets_and_visitors_are_in_no_log_file_or_dump(play: Play) -> None:
    needles = [*(each for some in play.links.values() for each in some), *VISITOR.values()]
    assert attacks.grep(needles, play.before | play.after | dumps(play.evidence.moments)) == []


def test_addresses_are_in_no_log_and_not_beside_ballots(play: Play) -> None:
    emails = [who.email for who in play.evidence.invited]
    assert attacks.grep(emails, play.before | play.after) == []
    assert len(attacks.grep(emails, of_ballots([play.evidence.moments[-2]]))) == 0


def test_a_tag_and_a_mark_stand_beside_no_invitation(play: Play) -> None:
    wave = str(play.wave)
    tags = {row.values[1] for moment in play.evidence.moments for row in moment.rows
            if len(row.values) == 3 and row.values[0] == wave}  # fmt: skip
    assert len(tags) == ANSWERS
    crm = [row.text for moment in play.evidence.moments for row in moment.rows if row.table.startswith(CRM)]
    for tag in tags:
        assert not any(tag in text for text in crm)
    assert attacks.grep(tags, play.before | play.after) == []


# -- Keys (T5) --------------------------------------------------------------------------------------------


def test_with_every_file_and_every_dump_no_ballot_is_opened(play: Play) -> None:
    assert attacks.by_keys(play.evidence, play.wave, play.before | play.after) == set()


def test_the_same_attack_opens_them_all_with_the_key_that_was_destroyed(play: Play) -> None:
    """Control: whoever steals the tally's folder before the release reads all: that is not promised."""
    assert len(attacks.by_keys(play.evidence, play.wave, play.keys_before)) == ANSWERS


def test_the_write_ahead_log_holds_no_key_and_no_words_before_the_release(play: Play) -> None:
    """Everything of it was received while the play ran, as for restoring to a moment."""
    if not play.wal_before:
        pytest.skip("the server is not ours: what it logs cannot be read here")
    sealed = attacks.ballots_seen(play.evidence, play.wave)
    slices = (slice(0, 100), slice(400, 500), slice(900, 1000))  # the log's own headers may cut through one
    # All of it was received, or the rest would prove nothing.
    assert all(any(each[part] in play.wal_before for part in slices) for each in sealed)
    words = [who.canary.encode() for who in play.evidence.order]
    assert not [word for word in words if word in play.wal_before]
    assert len([word for word in words if word in play.wal_after]) > ANSWERS // 2  # control: comments
    keys = {key for key in (*play.before.values(), *play.keys_before.values()) if len(key) == 32}
    assert len(keys) >= 3  # of tickets, of the day's tags, of the ballots
    assert not [key for key in keys for half in (key[:16], key[16:]) if half in play.wal_after]


# -- Who took part: copies of mails, every key of the application and of the box ---------------------------


def known_tags(play: Play, keys: set[bytes]) -> dict[Person, set[bytes]]:
    """What can be worked out of each invitation: from the links in mails, and from its id."""
    found = attacks.opened_links(play.links, keys)
    for who, invitation in play.invitations.items():
        found.setdefault(who, set()).update(tickets.tag_of(key, invitation) for key in keys)
    return found


def test_all_mails_and_all_keys_do_not_tell_who_has_answered(play: Play) -> None:
    """On the same day already: the key of the day's tags lies in the box's memory alone."""
    for files in (play.before, play.before | play.after):
        keys = attacks.candidates([*files.values(), *dumps(play.evidence.moments[-2:]).values()])
        opened = attacks.opened_links(play.links, keys)
        assert len(opened) == INVITED  # the links do open
        assert attacks.by_links(play.evidence, play.wave, known_tags(play, keys), keys) == set()


def test_once_the_keys_are_destroyed_links_open_nothing(play: Play) -> None:
    keys = attacks.candidates(play.after.values())
    assert attacks.opened_links(play.links, keys) == {}


def kept_as(play: Play, tag_of: Any) -> Evidence:
    """The same answers, had the box kept them under other tags."""
    table = f"public.ballot_{play.wave.hex}"
    key = next(value for path, value in play.before.items() if path.endswith(keyfiles.ticket_key(play.wave)))
    rows = []
    for place, who in enumerate(play.evidence.order):
        ticket = tickets.read(key, play.links[who][0])
        rows.append(Row(table, (str(play.wave), tag_of(key, ticket).hex(), "00"), place, (0, place), place))
    return Evidence(play.evidence.invited, play.evidence.order, [Moment("", rows)])


@pytest.mark.parametrize("how", ["the ticket's tag", "the mark", "a key that was kept"])
def test_the_same_attack_finds_all_where_tags_can_be_worked_out(play: Play, how: str) -> None:
    """Control: with the tag of the ticket beside the ballot, or a copy of the box's memory."""
    day = DayTags(later=lambda seconds, do: None)
    day.tag(UUID(int=0), b"")
    ways = {
        "the ticket's tag": lambda key, ticket: ticket.tag,
        "the mark": tickets.mark_of,
        "a key that was kept": lambda key, ticket: day.tag(play.wave, tickets.mark_of(key, ticket)),
    }
    keys = attacks.candidates([*play.before.values(), bytes(day._key)])
    found = attacks.by_links(kept_as(play, ways[how]), play.wave, known_tags(play, keys), keys)
    assert found == set(play.evidence.order)


def test_who_has_the_tallys_key_and_the_links_before_the_release_reads_everybody(play: Play) -> None:
    """Control, and what docs/anonymity.md does not promise; without the one or the other it is nobody."""
    everything = attacks.candidates([*play.before.values(), *play.keys_before.values()])
    assert attacks.read_with(play.evidence, play.wave, known_tags(play, everything), everything) == ANSWERS
    tallys = attacks.candidates(play.keys_before.values())
    assert attacks.read_with(play.evidence, play.wave, known_tags(play, tallys), tallys) == 0
    kept = play.before | play.keys_before
    late = attacks.candidates(content for path, content in kept.items() if not path.endswith(".tag"))
    by_id = {who: {tickets.tag_of(key, each) for key in late} for who, each in play.invitations.items()}
    assert attacks.read_with(play.evidence, play.wave, by_id, late) == 0  # after 14 days, without a mail
    others = attacks.candidates(play.before.values())
    assert attacks.read_with(play.evidence, play.wave, known_tags(play, others), others) == 0


# -- Mails (T13, T16) ---------------------------------------------------------------------------------------


def test_the_follow_up_goes_to_everybody_and_tells_nothing(play: Play) -> None:
    asked = {who.email for who in play.evidence.invited}
    left_out = {who.email for who in (*play.bounced, *play.gone)}
    assert how_often(play.mails[1]) == dict.fromkeys(asked - left_out, 1)
    # one that had answered is left out because of an unsubscription, as is one that had not
    assert {who in play.evidence.order for who in play.gone} == {True, False}
    by_email = {who.email: who for who in play.evidence.invited}
    bare = set()
    for copy in play.mails[1]:
        text = copy.text.replace(copy.ticket, "TICKET").replace(by_email[copy.to].name, "NAME")
        bare.add(re.sub(r"https://testserver/\S+", "UNSUBSCRIBE", text))
    assert len(bare) == 1


def test_mails_name_nobody_who_sells_and_no_id_of_ours(play: Play) -> None:
    mails = {f"mail {n}": copy.raw for n, copy in enumerate(play.copies)}
    assert attacks.grep([SELLER, *(str(each) for each in play.invitations.values())], mails) == []
    assert not [copy.to for copy in play.copies for word in SELLER.split() if word in str(copy.message)]


# -- The application's credentials --------------------------------------------------------------------------


def test_the_applications_credentials_count_no_ballots(play: Play) -> None:
    """Before and after a submit everything that may be asked says the same, or nothing."""
    assert len(play.seen) == ANSWERS // 4
    changed = [{name for name in before if before[name] != after[name]} for before, after in play.seen]
    for each in changed:
        # docs/anonymity.md says so of the whole server's size, to whoever has a database of their own on it
        assert {name for name in each if not name.startswith("owner")} <= {"application: tablespace"}
    assert all(before["results: tablespace"] is None for before, _after in play.seen)
    assert all(before[f"results in {other}"] is None for before, _after in play.seen
               for other in ("postgres", "template1"))  # fmt: skip
    # control: to the owner of the tables the same questions tell of every ballot
    assert all({"owner: ballots", "owner: tags"} <= each for each in changed)
    assert "owner: whole sizes" in set().union(*changed)


# -- What is shown (T20) ----------------------------------------------------------------------------------


def test_released_comments_name_nobody(play: Play) -> None:
    shown = "\n".join(play.comments)
    assert not [who for who in play.evidence.invited if who.name in shown or who.email in shown]
    assert "0171" not in shown
    assert "2025" not in shown
    assert "second thoughts" not in shown  # the first ballot counted


def test_the_tally_was_told_nothing_of_the_application(play: Play) -> None:
    log = next(content for path, content in play.after.items() if Path(path).name == "tally.log").decode()
    assert "ballotbox.settle" in log
    assert "DJANGO" not in log
