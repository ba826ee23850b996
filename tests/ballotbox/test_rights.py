"""What each role may do in the ballots' database, tried one by one, and what its tables cannot hold."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg2
import pytest
from django.db import connection
from psycopg2 import errors, sql

from ballotbox import database, policy, sealing
from tests.ballots import Ballots, questionnaire

WAVE = UUID("6f1c1c1e-0000-4000-8000-00000000b0c5")
TAG, SEALED = b"t" * 16, b"s" * sealing.SEALED_BYTES
RELEASE = UUID("6f1c1c1e-0000-4000-8000-00000000e1ea")
PLAN = {
    "id": str(WAVE), "programme": "After a purchase", "label": "2026 Q4", "opens": date(2026, 10, 1),
    "last_send": date(2026, 12, 31), "closes": date(2027, 1, 28),
    "questionnaire": json.dumps(questionnaire().to_json()), "policy": json.dumps(policy.DEFAULT.to_json()),
}  # fmt: skip
INSERT_WAVE = f"INSERT INTO wave ({', '.join(PLAN)}) VALUES ({', '.join(f'%({name})s' for name in PLAN)})"

BALLOT = {"wave": str(WAVE), "tag": TAG, "sealed": SEALED, "tag2": b"u" * 16, "other": str(uuid4()),
          "release": str(RELEASE), "new": str(uuid4())}  # fmt: skip
PUT = "INSERT INTO ballot VALUES (%(wave)s, %(tag2)s, %(sealed)s) ON CONFLICT (wave, tag) DO NOTHING"
# statement -> the roles that may run it
MATRIX = {
    PUT: {"tally", "box"},
    "SELECT wave, tag FROM ballot": {"tally", "box"},
    "SELECT sealed FROM ballot": {"tally"},
    "SELECT * FROM ballot": {"tally"},
    "SELECT count(*) FROM ballot": {"tally", "box"},
    f"SELECT tag FROM ballot_{WAVE.hex}": {"tally"},
    f"COPY ballot_{WAVE.hex} TO STDOUT": {"tally"},
    "UPDATE ballot SET sealed = %(sealed)s": {"tally"},
    "DELETE FROM ballot": {"tally"},
    "TRUNCATE ballot": {"tally"},
    f"DROP TABLE ballot_{WAVE.hex}": {"tally"},
    "SELECT id, state, public_key FROM wave": {"tally", "results"},
    "UPDATE wave SET invited = '{}'": {"tally", "results"},
    "UPDATE wave SET state = 'planned'": {"tally"},
    "UPDATE wave SET closes = closes": {"tally"},
    "UPDATE wave SET public_key = NULL": {"tally"},
    "DELETE FROM wave": {"tally"},
    "INSERT INTO redaction VALUES (%(wave)s, '{Holm}') ON CONFLICT DO NOTHING": {"tally", "results"},
    "SELECT words FROM redaction": {"tally", "results"},
    "DELETE FROM redaction": {"tally", "results"},
    "UPDATE redaction SET words = '{}'": {"tally"},
    "SELECT * FROM release": {"tally", "results"},
    "SELECT * FROM figure": {"tally", "results"},
    "SELECT * FROM hidden": {"tally", "results"},
    "SELECT * FROM comment": {"tally", "results"},
    "INSERT INTO comment VALUES (%(new)s, %(release)s, 'change', 'invented')": {"tally"},
    "INSERT INTO figure VALUES (%(release)s, '', 'recommend', '', 'n', 99)": {"tally"},
    "CREATE TABLE elsewhere (n int)": {"tally"},
    "CREATE TEMPORARY TABLE elsewhere (n int)": {"tally"},
    "CREATE SCHEMA elsewhere": {"tally"},
    "SELECT pg_read_file('postgresql.conf')": set(),
    "SET ROLE tend": set(),
    "SELECT rolpassword FROM pg_authid": set(),
}


@pytest.fixture
def full(ballots: Ballots) -> Ballots:
    """One wave, one ballot, one release."""
    with database.connected(ballots.results_url) as cursor:
        cursor.execute(INSERT_WAVE, PLAN)
    with database.connected(ballots.tally_url) as cursor:
        database.add_partition(cursor, WAVE)
        cursor.execute("INSERT INTO ballot VALUES (%(wave)s, %(tag)s, %(sealed)s)", BALLOT)
        cursor.execute(
            "INSERT INTO release VALUES (%(release)s, 'p', 'l', '{}', '2027-01-30', 30, 0, 0, 90, 35, '{}', "
            "NULL, '1')",
            BALLOT,
        )
    return ballots


def test_postgresql_shows_nobody_that_it_tidies_ballots_up(full: Ballots) -> None:
    """It does so after every so many of them; nor in waves that were there before it was told not to."""
    settings = """
        SELECT unnest(coalesce(reloptions, '{nothing}')) FROM pg_class WHERE oid IN (
            SELECT inhrelid FROM pg_inherits WHERE inhparent = 'ballot'::regclass
            UNION SELECT reltoastrelid FROM pg_inherits JOIN pg_class ON oid = inhrelid
                  WHERE inhparent = 'ballot'::regclass)
    """
    assert full.rows(settings) == [("autovacuum_enabled=off",)] * 2
    with database.connected(full.tally_url) as cursor:
        names = "autovacuum_enabled, toast.autovacuum_enabled"
        cursor.execute(sql.SQL("ALTER TABLE {} RESET (" + names + ")").format(database.partition(WAVE)))
    assert full.rows(settings) != [("autovacuum_enabled=off",)] * 2
    box, results = (database.words(url)["user"] for url in (full.box_url, full.results_url))
    database.prepare(full.tally_url, box_role=box, results_role=results)
    assert full.rows(settings) == [("autovacuum_enabled=off",)] * 2


def may(url: str, statement: str) -> bool:
    """Whether a role may do it; whatever it did is rolled back."""
    opened = psycopg2.connect(**database.words(url))
    try:
        with opened.cursor() as cursor:
            if statement.startswith("COPY"):
                with open("/dev/null", "w") as nowhere:
                    cursor.copy_expert(statement, nowhere)
            else:
                cursor.execute(statement, BALLOT)
    except errors.InsufficientPrivilege:
        return False
    finally:
        opened.rollback()
        opened.close()
    return True


@pytest.mark.parametrize("statement", MATRIX)
def test_each_role_may_do_what_it_needs_and_nothing_else(full: Ballots, statement: str) -> None:
    urls = {"tally": full.tally_url, "box": full.box_url, "results": full.results_url}
    assert {role for role, url in urls.items() if may(url, statement)} == MATRIX[statement]


@pytest.mark.django_db
def test_the_application_does_not_get_in_and_the_others_not_into_its_database(full: Ballots) -> None:
    own = connection.get_connection_params()
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        psycopg2.connect(**(own | {"dbname": database.words(full.tally_url)["dbname"]}))
    with connection.cursor() as cursor:  # as `make run` does with its own; a test database begins open
        cursor.execute(f"REVOKE ALL ON DATABASE {connection.ops.quote_name(own['dbname'])} FROM PUBLIC")
        cursor.execute("COMMIT; BEGIN")
    for url in (full.tally_url, full.box_url, full.results_url):
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            psycopg2.connect(**(database.words(url) | {"dbname": own["dbname"]}))


# -- What cannot be there --------------------------------------------------------------------------


def columns(ballots: Ballots) -> list[tuple[str, str, str]]:
    return ballots.rows("""
        SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
        WHERE table_schema = 'public' ORDER BY 1, ordinal_position
    """)


def test_a_ballot_is_a_wave_a_tag_and_a_seal(full: Ballots) -> None:
    for table in ("ballot", f"ballot_{WAVE.hex}"):
        found = [(name, kind) for each, name, kind in columns(full) if each == table]
        assert found == [("wave", "uuid"), ("tag", "bytea"), ("sealed", "bytea")]


def test_no_clock_and_no_sequence_anywhere(full: Ballots) -> None:
    kinds = {kind for _, _, kind in columns(full)}
    assert kinds <= {"uuid", "bytea", "text", "date", "jsonb", "ARRAY", "integer", "numeric", "boolean"}
    assert full.rows("SELECT count(*) FROM pg_class WHERE relkind = 'S'") == [(0,)]
    assert full.rows("SELECT count(*) FROM information_schema.columns WHERE is_identity = 'YES' "
                     "AND table_schema = 'public'") == [(0,)]  # fmt: skip


def test_nothing_happens_when_a_ballot_comes(full: Ballots) -> None:
    tables = "('ballot'::regclass, %s::regclass)"
    for what in ("pg_trigger WHERE tgrelid", "pg_rewrite WHERE ev_class"):
        asked = f"SELECT count(*) FROM {what} IN {tables}"
        assert full.rows(asked, f"ballot_{WAVE.hex}") == [(0,)], what
    assert full.rows("SELECT count(*) FROM pg_publication") == [(0,)]
    assert full.rows("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND 'ballot'::regclass "
                     "IN (conrelid, confrelid)") == [(0,)]  # fmt: skip


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_tag_has_one_length(full: Ballots, length: int) -> None:
    with pytest.raises(errors.CheckViolation), database.connected(full.box_url) as cursor:
        cursor.execute(PUT, BALLOT | {"tag2": b"t" * length})


@pytest.mark.parametrize("length", [0, sealing.SEALED_BYTES - 1, sealing.SEALED_BYTES + 1])
def test_a_seal_has_one_length(full: Ballots, length: int) -> None:
    with pytest.raises(errors.CheckViolation), database.connected(full.box_url) as cursor:
        cursor.execute(PUT, BALLOT | {"sealed": b"s" * length})


# -- A wave keeps its word ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("policy = policy || '{\"score\": 7}'", "may only be raised"),
        ("policy = policy - 'comment'", "may only be raised"),
        ("policy = '{}'", "may only be raised"),
        ("closes = closes + 1", "keeps its questions, dates"),
        ("opens = opens - 1", "keeps its questions, dates"),
        ("questionnaire = '{}'", "keeps its questions, dates"),
        ("dimensions = '{tier}'", "keeps its questions, dates"),
    ],
)
def test_what_was_promised_cannot_be_taken_back_by_anybody(full: Ballots, change: str, why: str) -> None:
    with pytest.raises(errors.RaiseException, match=why), database.connected(full.tally_url) as cursor:
        cursor.execute(f"UPDATE wave SET {change}")


def test_a_floor_can_be_raised(full: Ballots) -> None:
    with database.connected(full.results_url) as cursor:
        cursor.execute("UPDATE wave SET policy = policy || '{\"score\": 12}'")
    assert full.rows("SELECT policy ->> 'score' FROM wave") == [("12",)]


@pytest.mark.parametrize("floor", ["score", "comment", "remainder", "increment", "cell", "cautious", "even"])
def test_no_wave_begins_below_the_lowest_floors(ballots: Ballots, floor: str) -> None:
    low = policy.LOWEST.to_json() | {floor: getattr(policy.LOWEST, floor) - 1}
    with pytest.raises(errors.CheckViolation), database.connected(ballots.results_url) as cursor:
        cursor.execute(INSERT_WAVE, PLAN | {"policy": json.dumps(low)})


def test_a_wave_has_one_key_for_good(full: Ballots) -> None:
    with database.connected(full.tally_url) as cursor:
        cursor.execute("UPDATE wave SET public_key = %s, state = 'ready'", (b"k" * 32,))
    for key in (b"x" * 32, None):
        with (
            pytest.raises(errors.RaiseException, match="keeps its key"),
            database.connected(full.tally_url) as cursor,
        ):
            cursor.execute("UPDATE wave SET public_key = %s", (key,))


def move(full: Ballots, *states: str) -> None:
    """Take the wave through these states, one after the other, as the tally does."""
    for state in states:
        settled = "2027-02-01" if state in ("released", "destroyed") else None
        with database.connected(full.tally_url) as cursor:
            cursor.execute(
                "UPDATE wave SET public_key = %s, state = %s, settled_on = %s", (b"k" * 32, state, settled)
            )


@pytest.mark.parametrize("state", ["released", "destroyed"])
def test_a_settled_wave_is_never_opened_again(full: Ballots, state: str) -> None:
    move(full, "ready", state)
    for change in ("state = 'ready'", "invited = '{\"\": 9}'", "next_release = '2030-01-01'"):
        with (
            pytest.raises(errors.RaiseException, match="settled wave"),
            database.connected(full.tally_url) as cursor,
        ):
            cursor.execute(f"UPDATE wave SET {change}")


def test_a_held_wave_takes_no_new_ballots_and_no_other_floors(full: Ballots) -> None:
    move(full, "ready", "held")
    for change in ("state = 'ready'", "state = 'planned'", "policy = policy || '{\"score\": 20}'"):
        with (
            pytest.raises(errors.RaiseException, match=r"never back|closed wave stay"),
            database.connected(full.tally_url) as cursor,
        ):
            cursor.execute(f"UPDATE wave SET {change}")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM release",
        "UPDATE release SET ballots = 1",
        "UPDATE release SET keys_destroyed_on = '2027-02-01', ballots = 1",
    ],
)
def test_what_is_released_stays_as_it_is(full: Ballots, statement: str) -> None:
    with (
        pytest.raises(errors.RaiseException, match="not changed"),
        database.connected(full.tally_url) as cursor,
    ):
        cursor.execute(statement)


def test_the_day_the_keys_were_destroyed_is_added_once(full: Ballots) -> None:
    with database.connected(full.tally_url) as cursor:
        cursor.execute("UPDATE release SET keys_destroyed_on = '2027-02-01'")
    with pytest.raises(errors.RaiseException), database.connected(full.tally_url) as cursor:
        cursor.execute("UPDATE release SET keys_destroyed_on = '2027-02-02'")


def test_preparing_twice_changes_nothing(full: Ballots) -> None:
    def described() -> Any:
        return columns(full), full.rows("""
            SELECT grantee::text, table_name::text, '' AS column_name, privilege_type::text
            FROM information_schema.role_table_grants
            UNION SELECT grantee, table_name, column_name, privilege_type
            FROM information_schema.column_privileges ORDER BY 1, 2, 3, 4
        """)

    before = described()
    roles = [database.words(url)["user"] for url in (full.box_url, full.results_url)]
    database.prepare(full.tally_url, box_role=roles[0], results_role=roles[1])
    assert described() == before
    assert full.count() == 1


def test_a_wave_opens_before_it_closes(ballots: Ballots) -> None:
    turned = PLAN | {"closes": PLAN["opens"] - timedelta(days=1)}
    with pytest.raises(errors.CheckViolation), database.connected(ballots.results_url) as cursor:
        cursor.execute(INSERT_WAVE, turned)
