"""The product under attack: the same attacks that break the usual tables link nobody here.

40 are invited, 24 answer in an order that the attacker knows, on the real box, tally, broker and database.
The attacker has a dump after every submit, all logs and files, the broker's file; after the release also the
tally's folder. Not here: write-ahead logs and base backups (part of T5), and the long-running check in
production (T21).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ballotbox import tickets
from tests.anonymity import attacks
from tests.anonymity.evidence import Moment
from tests.anonymity.play import ANSWERS, INVITED, VISITOR, Play, perform
from tests.ballots import Ballots, _empty

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("anonymity")]


@pytest.fixture(scope="module")
def play(ballots_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Play:
    """The whole play, once for all attacks."""
    urls = [ballots_database[f"BALLOTS_{role}_URL"] for role in ("TALLY", "BOX", "RESULTS")]
    ballots = Ballots(*urls, folder=tmp_path_factory.mktemp("attack"))
    for folder in (ballots.waves, ballots.survey_keys, ballots.tally_keys):
        folder.mkdir(mode=0o700, parents=True)
    _empty(ballots.tally_url)
    return perform(ballots)


def moments_before_release(play: Play) -> list[Moment]:
    return play.evidence.moments[:-1]


def test_everybody_was_counted(play: Play) -> None:
    """Or the attacks would find nothing because there is nothing."""
    assert len(play.comments) == ANSWERS
    assert len(attacks.contents(play.evidence.last, play.evidence.order)) == ANSWERS
    assert len(attacks.ballots_seen(play.evidence, play.wave)) == ANSWERS
    assert len(play.evidence.moments) == ANSWERS + 2


# -- Order, snapshots, transactions (T3, T4) --------------------------------------------------------------


def test_no_order_of_rows_links_more_than_chance(play: Play) -> None:
    assert attacks.by_order(play.evidence) == 0  # no row that names somebody was touched
    assert attacks.by_order(play.evidence, known=play.evidence.order) <= attacks.BY_CHANCE


def test_dumps_one_submit_apart_link_nobody(play: Play) -> None:
    assert attacks.by_snapshots(play.evidence) == 0


def test_a_submit_changes_one_row_anywhere_a_ballot(play: Play) -> None:
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


def test_nothing_joins_people_and_answers(play: Play) -> None:
    vocabulary = {str(play.wave), "tier", "Large", "Small", "tier:Large", "tier:Small", "2025-07-03"}
    assert attacks.by_shared_values(play.evidence, vocabulary) == set()


def test_all_ballots_and_all_answers_of_the_box_have_one_length(play: Play) -> None:
    assert {len(sealed) for sealed in attacks.ballots_seen(play.evidence, play.wave)} == {4144}
    assert len(set(play.pages)) == 1  # also for a second ballot of the same person, which changes nothing


# -- Words, tickets and addresses where they should not be (T1) -------------------------------------------


def test_before_the_release_no_words_are_anywhere(play: Play) -> None:
    dumps = {f"dump {n}": moment.dump.encode() for n, moment in enumerate(moments_before_release(play))}
    words = [who.canary for who in play.evidence.order]
    assert attacks.grep(words, play.before | play.keys_before | dumps) == []


def test_after_the_release_words_are_only_among_comments(play: Play) -> None:
    words = [who.canary for who in play.evidence.order]
    assert attacks.grep(words, play.after) == []
    tables = {row.table for row, _ in attacks.contents(play.evidence.last, play.evidence.order)}
    assert tables == {"public.comment"}


def test_tickets_visitors_and_addresses_are_in_no_log_or_file(play: Play) -> None:
    needles = [*play.tickets, *VISITOR.values(), *(who.email for who in play.evidence.invited)]
    for files in (play.before, play.after):
        assert attacks.grep(needles, files) == []
    dumps = {f"dump {n}": moment.dump.encode() for n, moment in enumerate(play.evidence.moments)}
    assert attacks.grep([*play.tickets, *VISITOR.values()], dumps) == []


def test_a_tag_stands_beside_no_invitation(play: Play) -> None:
    assert attacks.grep(play.tags, play.before | play.after) == []
    named = [row for row, _ in attacks.about_people(play.evidence.last, play.evidence.invited)]
    assert len(named) == INVITED
    assert not [row for row in named for tag in play.tags if tag in row.text]


# -- Keys (T5 without write-ahead logs) -------------------------------------------------------------------


def test_with_every_file_and_every_dump_no_ballot_is_opened(play: Play) -> None:
    assert attacks.by_keys(play.evidence, play.wave, play.before | play.after) == set()


def test_the_same_attack_opens_them_all_with_the_key_that_was_destroyed(play: Play) -> None:
    """Control: whoever steals the tally's folder before the release reads all: that is not promised."""
    assert len(attacks.by_keys(play.evidence, play.wave, play.keys_before)) == ANSWERS


def participants(play: Play, files: dict[str, bytes]) -> int:
    """How many of those who answered are found by working out tags from whatever may be a key."""
    seen = {row.values[1] for moment in play.evidence.moments for row in moment.rows if len(row.values) == 3
            and row.values[0] == str(play.wave)}  # fmt: skip
    keys = attacks.candidates(files.values())
    return sum(
        any(tickets.tag_of(key, who.id).hex() in seen for key in keys) for who in play.evidence.invited
    )


def test_who_answered_cannot_be_worked_out_once_the_tag_key_is_gone(play: Play) -> None:
    assert participants(play, play.after) == 0
    assert participants(play, play.before) == ANSWERS  # control: while the key is there, the mailer could


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
