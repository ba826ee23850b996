"""What the database itself refuses: lower floors, waves reopened, releases changed, roles out of bounds."""

import json
import os
from typing import Any
from uuid import UUID, uuid4

import psycopg2
import pytest
from psycopg2.errors import CheckViolation, InsufficientPrivilege, RaiseException

from ballotbox import database, sealing, tally
from ballotbox.policy import DEFAULT
from tests.ballotbox.waves import AFTER, cast, close, counter, open_wave, plan, put, settle, state
from tests.ballots import Ballots

ENOUGH = [{"recommend": n % 11, "change": "text"} for n in range(12)]


def run(url: str, statement: str, *values: Any) -> int:
    with database.connected(url) as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def policy(**floors: int | None) -> str:
    return json.dumps(
        {key: value for key, value in (DEFAULT.to_json() | floors).items() if value is not None}
    )


# -- Floors only rise (T19) -------------------------------------------------------------------------------


@pytest.mark.parametrize("floor", sorted(DEFAULT.to_json()))
@pytest.mark.parametrize("who", ["tally_url", "results_url"])
def test_no_floor_is_lowered(ballots: Ballots, floor: str, who: str) -> None:
    wave = plan(ballots)
    url = getattr(ballots, who)
    higher, now = DEFAULT.to_json()[floor] + 1, DEFAULT.to_json()[floor]
    assert run(url, "UPDATE wave SET policy = %s WHERE id = %s", policy(**{floor: higher}), str(wave)) == 1
    for lower in (now, None):
        with pytest.raises(RaiseException, match="may only be raised"):
            run(url, "UPDATE wave SET policy = %s WHERE id = %s", policy(**{floor: lower}), str(wave))


@pytest.mark.parametrize(
    "floors",
    [{"score": 4}, {"comment": 7}, {"remainder": 4}, {"increment": 4}, {"cell": 14}, {"cautious": 29},
     {"even": 19}, {"score": None}, {"cell": None}],
)  # fmt: skip
def test_no_wave_begins_below_the_lowest_floors(ballots: Ballots, floors: dict[str, int | None]) -> None:
    wave = plan(ballots)
    with pytest.raises(CheckViolation, match="floors_not_too_low"):
        run(
            ballots.tally_url,
            """INSERT INTO wave (id, programme, label, opens, last_send, closes, questionnaire, policy)
               SELECT %s, programme, label, opens, last_send, closes, questionnaire, %s
               FROM wave WHERE id = %s""",
            str(uuid4()), policy(**floors), str(wave),
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    ["questionnaire = '{}'", "closes = closes + 1", "opens = opens - 1", "last_send = last_send + 1",
     "programme = 'x'", "dimensions = '{region}'", "public_key = decode(repeat('00', 32), 'hex')",
     "public_key = NULL, state = 'planned'", "state = 'planned'"],
)  # fmt: skip
def test_what_people_were_shown_stays(ballots: Ballots, change: str) -> None:
    wave = open_wave(ballots)
    with pytest.raises((RaiseException, CheckViolation)):
        run(ballots.tally_url, f"UPDATE wave SET {change} WHERE id = %s", str(wave))


@pytest.mark.parametrize("backwards", ["planned", "ready"])
def test_a_closed_wave_is_not_opened_again(ballots: Ballots, backwards: str) -> None:
    wave = open_wave(ballots)
    close(ballots, wave)
    settle(ballots)
    assert state(ballots, wave) == "held"
    for change in (f"state = '{backwards}'", "invited = '{\"\": 9}'", f"policy = '{policy(score=9)}'"):
        with pytest.raises(RaiseException):
            run(ballots.tally_url, f"UPDATE wave SET {change} WHERE id = %s", str(wave))


def test_a_wave_is_not_let_out_before_it_was_ready(ballots: Ballots) -> None:
    wave = plan(ballots)
    for new in ("held", "released", "destroyed"):
        with pytest.raises((RaiseException, CheckViolation)):
            run(
                ballots.tally_url,
                "UPDATE wave SET state = %s, settled_on = now() WHERE id = %s",
                new,
                str(wave),
            )


# -- What is out is out -----------------------------------------------------------------------------------


def let_out(ballots: Ballots) -> UUID:
    wave = open_wave(ballots)
    cast(ballots, wave, *ENOUGH, tier="Large")
    close(ballots, wave, {"": 100})
    settle(ballots)
    assert state(ballots, wave) == "released"
    return wave


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE release SET ballots = 3", "UPDATE release SET keys_destroyed_on = NULL",
        "UPDATE release SET keys_destroyed_on = '2020-01-01'", "DELETE FROM release",
        "TRUNCATE release CASCADE",
        "UPDATE figure SET amount = 1", "DELETE FROM figure", "TRUNCATE figure",
        "UPDATE comment SET text = ''", "DELETE FROM comment", "TRUNCATE comment", "TRUNCATE hidden",
        "UPDATE wave SET label = ''", "UPDATE wave SET state = 'held', settled_on = NULL",
        "UPDATE wave SET keys_destroyed_on = NULL", "DELETE FROM wave", "TRUNCATE wave CASCADE",
    ],
)  # fmt: skip
def test_a_release_is_never_changed(ballots: Ballots, change: str) -> None:
    let_out(ballots)
    with pytest.raises(RaiseException, match=r"stay|not change"):
        run(ballots.tally_url, change)


# -- Roles (T9) -------------------------------------------------------------------------------------------

BOX_MAY = {("ballot", "INSERT"), ("ballot.wave", "SELECT"), ("ballot.tag", "SELECT")}
PLANNED = ("id", "programme", "label", "opens", "last_send", "closes", "questionnaire", "policy",
           "dimensions", "invited", "mailed")  # fmt: skip
RESULTS_MAY = (
    {(table, "SELECT") for table in ("wave", "release", "figure", "hidden", "comment", "redaction")}
    | {
        ("redaction", "INSERT"),
        ("redaction", "DELETE"),
        ("wave.policy", "UPDATE"),
        ("wave.invited", "UPDATE"),
        ("wave.mailed", "UPDATE"),
    }
    | {(f"wave.{column}", "INSERT") for column in PLANNED}
)
GRANTED = """
    SELECT relname, privilege_type FROM pg_class, aclexplode(relacl)
    WHERE grantee = %(role)s::regrole AND relnamespace = 'public'::regnamespace
    UNION
    SELECT relname || '.' || attname, privilege_type
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl)
    WHERE grantee = %(role)s::regrole
"""


@pytest.mark.parametrize(("who", "may"), [("box_url", BOX_MAY), ("results_url", RESULTS_MAY)])
def test_each_role_may_do_exactly_what_it_needs(
    ballots: Ballots, who: str, may: set[tuple[str, str]]
) -> None:
    open_wave(ballots)
    role = database.words(getattr(ballots, who))["user"]
    with database.connected(ballots.tally_url) as cursor:
        cursor.execute(GRANTED, {"role": role})
        assert set(cursor.fetchall()) == may
        cursor.execute("SELECT rolsuper, rolcreaterole, rolbypassrls, rolreplication FROM pg_roles "
                       "WHERE rolname = %s", [role])  # fmt: skip
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole", [role])
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        ("box_url", "SELECT sealed FROM ballot"), ("box_url", "SELECT * FROM {partition}"),
        ("box_url", "SELECT ctid FROM ballot"), ("box_url", "SELECT xmin FROM ballot"),
        ("box_url", "DELETE FROM ballot"), ("box_url", "UPDATE ballot SET tag = tag"),
        ("box_url", "SELECT * FROM wave"), ("box_url", "SELECT * FROM redaction"),
        ("box_url", "SELECT * FROM comment"), ("box_url", "CREATE TABLE mine (x int)"),
        ("box_url", "COPY ballot TO STDOUT"),
        ("results_url", "SELECT * FROM ballot"), ("results_url", "SELECT tag FROM ballot"),
        ("results_url", "SELECT count(*) FROM ballot"), ("results_url", "SELECT * FROM {partition}"),
        ("results_url", "DELETE FROM wave"), ("results_url", "UPDATE wave SET state = 'ready'"),
        ("results_url", "UPDATE wave SET public_key = NULL"),
        ("results_url", "INSERT INTO release VALUES (NULL)"),
        ("results_url", "DELETE FROM comment"), ("results_url", "UPDATE figure SET amount = 1"),
        ("results_url", "CREATE TABLE mine (x int)"), ("results_url", "UPDATE redaction SET words = '{{}}'"),
    ],
)  # fmt: skip
def test_permission_is_denied(ballots: Ballots, who: str, statement: str) -> None:
    wave = open_wave(ballots)
    cast(ballots, wave, ENOUGH[0])
    with pytest.raises(InsufficientPrivilege):
        run(getattr(ballots, who), statement.format(partition=f"ballot_{str(wave).replace('-', '')}"))


def test_the_crm_cannot_plan_a_wave_with_a_key_of_its_own(ballots: Ballots) -> None:
    with pytest.raises(InsufficientPrivilege):
        run(
            ballots.results_url,
            "INSERT INTO wave (id, programme, label, opens, last_send, closes, questionnaire, policy,"
            " public_key) VALUES (%s, 'p', 'l', '2026-07-01', '2026-09-30', '2026-10-28', '{}', %s, %s)",
            str(uuid4()), policy(), psycopg2.Binary(sealing.public_key_of(sealing.new_private_key())),
        )  # fmt: skip


def test_a_ballot_has_one_length_and_one_place(ballots: Ballots) -> None:
    wave = open_wave(ballots)
    for sealed, tag in ((b"x" * 4143, b"t" * 16), (b"x" * 4145, b"t" * 16), (b"x" * 4144, b"t" * 15)):
        with pytest.raises(CheckViolation):
            put(ballots, wave, sealed, tag=tag)
    with pytest.raises(CheckViolation):
        put(ballots, uuid4(), b"x" * 4144)
    put(ballots, wave, b"x" * 4144, tag=b"t" * 16)
    put(ballots, wave, b"y" * 4144, tag=b"t" * 16)  # the first one counts
    assert [bytes(sealed)[:1] for (sealed,) in ballots.rows("SELECT sealed FROM ballot")] == [b"x"]


def test_the_application_cannot_enter(ballots: Ballots, settings: Any) -> None:
    """Its own role has no business in the ballots' database, nor the others in its own."""
    own = settings.DATABASES["default"]
    there = database.words(ballots.tally_url)["dbname"]
    place = {"host": own["HOST"], "port": own.get("PORT") or None}
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(user=own["USER"], password=own["PASSWORD"], dbname=there, **place)


@pytest.mark.parametrize("as_role", ["tally_url", "box_url"])
def test_the_password_of_one_role_opens_no_other(ballots: Ballots, settings: Any, as_role: str) -> None:
    """The application holds its own password and that of the results role: neither makes it another."""
    wanted = database.words(getattr(ballots, as_role))
    own = settings.DATABASES["default"]["PASSWORD"]
    for password in (own, database.words(ballots.results_url)["password"], ""):
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(**(wanted | {"password": password}))


def test_preparing_again_takes_back_what_was_granted_by_hand(ballots: Ballots) -> None:
    box, results = (database.words(url)["user"] for url in (ballots.box_url, ballots.results_url))
    run(ballots.tally_url, f"GRANT SELECT ON ballot TO {box}")
    database.prepare(ballots.tally_url, box_role=box, results_role=results)
    wave = open_wave(ballots)
    cast(ballots, wave, ENOUGH[0])
    with pytest.raises(InsufficientPrivilege):
        run(ballots.box_url, "SELECT sealed FROM ballot")
    tally.destroy_keys(counter(ballots), AFTER)
    assert os.listdir(ballots.tally_keys)  # of an open wave, nothing is destroyed
