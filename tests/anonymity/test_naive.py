"""Negative control: the usual tables, "used" beside an invitation and answers apart, must be broken.

No time is stored, ids are random, nothing joins the two tables. It does not help.
"""

from __future__ import annotations

import random
from uuid import uuid4

import pytest

from ballotbox import database
from tests.anonymity import attacks
from tests.anonymity.evidence import Evidence, look, people

SEED, INVITED, ANSWERS = 4, 40, 24
TABLES = """
    DROP SCHEMA IF EXISTS naive CASCADE;
    CREATE SCHEMA naive;
    CREATE TABLE naive.invitation (id uuid PRIMARY KEY, email text NOT NULL, used boolean NOT NULL);
    CREATE TABLE naive.answer (id uuid PRIMARY KEY, score int NOT NULL, change text NOT NULL);
"""


def play(url: str, *, one_transaction: bool) -> Evidence:
    """40 invited, 24 answer in an order of their own; a dump after every submit (or at the end alone)."""
    invited = people(INVITED, SEED)
    order = random.Random(SEED).sample(invited, ANSWERS)
    with database.connected(url) as cursor:
        cursor.execute(TABLES)
        for who in invited:
            cursor.execute("INSERT INTO naive.invitation VALUES (%s, %s, false)", [str(who.id), who.email])
    evidence = Evidence(invited, order, [look(url, ["naive"])])
    for who in order:
        statements = [
            ("UPDATE naive.invitation SET used = true WHERE id = %s", [str(who.id)]),
            ("INSERT INTO naive.answer VALUES (%s, %s, %s)", [str(uuid4()), 7, f"I say: {who.canary}."]),
        ]
        for some in [statements] if one_transaction else [[each] for each in statements]:
            with database.connected(url) as cursor:
                for statement, values in some:
                    cursor.execute(statement, values)
        if not one_transaction or who is order[-1]:
            evidence.moments.append(look(url, ["naive"]))
    with database.connected(url) as cursor:
        cursor.execute("DROP SCHEMA naive CASCADE")
    return evidence


@pytest.fixture(scope="module")
def apart(ballots_database: dict[str, str]) -> Evidence:
    return play(ballots_database["BALLOTS_TALLY_URL"], one_transaction=False)


pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("anonymity-naive")]


def test_the_order_of_rows_in_a_plain_dump_links_everybody(apart: Evidence) -> None:
    """Nothing but the dump: the flagged invitations lie in the order in which people answered."""
    assert attacks.by_order(apart) == ANSWERS
    assert attacks.by_order(apart, known=apart.order) == ANSWERS


def test_two_dumps_link_everybody(apart: Evidence) -> None:
    assert attacks.by_snapshots(apart) == ANSWERS


def test_the_text_of_the_dump_alone_is_enough(apart: Evidence) -> None:
    tables = apart.last.dumped
    used = [line.split("\t")[1] for line in tables["naive.invitation"] if line.endswith("\tt")]
    said = tables["naive.answer"]
    by_email = {who.email: who for who in apart.invited}
    assert sum(by_email[email].canary in text for email, text in zip(used, said, strict=True)) == ANSWERS


def test_one_transaction_is_a_key_to_join_by(ballots_database: dict[str, str]) -> None:
    together = play(ballots_database["BALLOTS_TALLY_URL"], one_transaction=True)
    assert attacks.by_transaction(together) == ANSWERS
    assert attacks.by_order(together) == ANSWERS


def test_words_are_found_in_dumps(apart: Evidence) -> None:
    found = attacks.grep([who.canary for who in apart.order], {"dump": apart.last.dump.encode()})
    assert len(found) == ANSWERS
