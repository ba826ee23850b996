"""The ballots' own database on the embedded server: three roles, none of which is the application's.

The tally owns it, the box may put ballots in, the application may read what was released. Which right each
has on which table is the schema's business (`python -m ballotbox.database`); here is decided who may enter.
"""

import os
import subprocess
from collections.abc import Mapping

from stack import environment, paths, postgres
from stack.say import Problem
from stack.secrets import secret

TALLY, BOX, RESULTS = "BALLOTS_TALLY_URL", "BALLOTS_BOX_URL", "BALLOTS_RESULTS_URL"
ROLES = {TALLY: "tend_tally", BOX: "tend_box", RESULTS: "tend_results"}
SECRETS = {TALLY: "postgres-tally", BOX: "postgres-box", RESULTS: "postgres-results"}
APPLICATION = "tend"  # its role, which is none of these
HUSH = paths.ROOT / "ballotbox" / "hush.sql"
TURN = "SELECT pg_advisory_lock(7435);\n"  # two starts at once change the same rows
SILENT = """
    ALTER ROLE :"role" SET log_min_messages = 'panic';
    ALTER ROLE :"role" SET track_counts = 'off';
"""


def name(database: str) -> str:
    """The ballots' database that belongs to a database of the application."""
    return f"{database}_ballots"


def embedded(database: str) -> dict[str, str]:
    """The addresses of a ballots' database on the embedded server, one per role."""
    return {
        variable: f"postgres://{role}:{secret(SECRETS[variable])}@/{paths.SOCKETS}/{database}"
        for variable, role in ROLES.items()
    }


def create_missing(application: str) -> None:
    """Roles and database beside the application's, also for an installation from before there were any.

    Every start sets who may enter and what the server keeps: the last one may have ended half-way.
    """
    database = name(application)
    for variable, role in ROLES.items():
        _create_role(role, secret(SECRETS[variable]), owner=variable == TALLY)
    there = postgres.psql("SELECT 1 FROM pg_database WHERE datname = :'database'", database=database)
    if there == "1":
        _close_database(database)
    else:
        create_database(database)
    _close_others()


def _close_others() -> None:
    """In a database that nobody has hushed the ballots' roles could ask for sizes; none has business there.

    The application's role makes its tests' databases from there.
    """
    postgres.psql(
        TURN
        + """REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
           GRANT CONNECT ON DATABASE postgres TO :"application";""",
        application=APPLICATION,
    )


def _create_role(role: str, password: str, *, owner: bool) -> None:
    """A role that is no superuser, and of whose statements the server's log and views keep nothing."""
    exists = postgres.psql("SELECT 1 FROM pg_roles WHERE rolname = :'role'", role=role) == "1"
    may = "CREATEDB" if owner else "NOCREATEDB"  # tests make databases of their own
    postgres.psql(
        TURN
        + ("ALTER" if exists else "CREATE")
        + f""" ROLE :"role" LOGIN NOSUPERUSER {may} NOCREATEROLE PASSWORD :'password';\n"""
        # A refused ballot would stand in the log with the moment it came.
        """ALTER ROLE :"role" SET log_min_error_statement = 'panic';
           ALTER ROLE :"role" SET log_error_verbosity = 'terse';
           ALTER ROLE :"role" SET track_activities = 'off';"""
        # Neither that one was refused, nor how often the role wrote; the tally's counts are vacuum's.
        + ("" if owner else SILENT),
        role=role, password=password,
    )  # fmt: skip


def create_database(database: str) -> None:
    """An empty database of the tally's, which only the three roles may enter."""
    postgres.psql('CREATE DATABASE :"name" OWNER :"tally"', name=database, tally=ROLES[TALLY])
    _close_database(database)


def _close_database(database: str) -> None:
    postgres.psql(
        TURN
        + """REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
           GRANT CONNECT ON DATABASE :"name" TO :"box", :"results";""",
        name=database, box=ROLES[BOX], results=ROLES[RESULTS],
    )  # fmt: skip
    hush(database)


def hush(database: str) -> None:
    """Sizes and statistics of tables are the tally's business, in this database."""
    # The turn is of one connection and one database: it is taken where the rows are changed.
    postgres.psql(f'\\connect :"name"\n{TURN}{HUSH.read_text()}', name=database, tally=ROLES[TALLY])


def prepare(addresses: Mapping[str, str]) -> None:
    """Tables and rights, brought to the state of the code. Raises Problem with one sentence."""
    command = [str(environment.PYTHON), "-m", "ballotbox.database"]
    env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"} | dict(addresses)
    done = subprocess.run(command, cwd=paths.ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(postgres.last_sentence(done.stderr))
