"""The two servers of an installation without servers of its own: PostgreSQL and the broker."""

import os
import shutil
from collections.abc import Callable

from stack import ballots, environment, paths, postgres, valkey
from stack.say import Problem
from stack.secrets import secret

DATABASE = os.environ.get("TEND_DB") or "tend"
ROLE = ballots.APPLICATION
KEEP = paths.VAR / "keep-services"


def database_url() -> str:
    """The embedded database as the application's role reaches it."""
    return f"postgres://{ROLE}:{secret('postgres-app')}@/{paths.SOCKETS}/{DATABASE}"


def broker_url() -> str:
    """The embedded broker."""
    return f"redis+socket://{valkey.SOCKET}?virtual_host=0"


def own_database() -> bool:
    """True when the database is the embedded one."""
    return not os.environ.get("DATABASE_URL")


def own_broker() -> bool:
    """True when the broker is the embedded one."""
    return not os.environ.get("REDIS_URL")


def start() -> None:
    """Start what is not given by DATABASE_URL and REDIS_URL; all of it or nothing."""
    paths.prepare()
    environment.check_disk(paths.VAR)
    adopted = postgres.running() if own_database() else None
    if own_database():
        fresh = postgres.initialise()
        postgres.start()
        if fresh or not _database_exists():
            _create_role_and_database()
        ballots.create_missing(DATABASE)
    try:
        if own_broker():
            valkey.start()
    except Problem:
        if own_database() and not adopted:
            postgres.stop()
        raise


def stop() -> None:
    """Stop both, the broker first: it is the one that depends on nobody."""
    if own_broker():
        valkey.stop()
    if own_database():
        postgres.stop()


def stop_for_good() -> None:
    """Stop both after everything that used them, and leave nothing in the temporary directory."""
    stop()
    if not any_running():
        shutil.rmtree(paths.SOCKETS, ignore_errors=True)


def alive() -> bool:
    """True when the servers that are ours run."""
    database = not own_database() or postgres.running() is not None
    return database and (not own_broker() or valkey.running() is not None)


def any_running() -> bool:
    """True when one of this checkout's servers runs."""
    return bool((own_database() and postgres.running()) or (own_broker() and valkey.running()))


def keep() -> bool:
    """True when somebody started the servers by hand and wants them to go on without the rest."""
    return KEEP.exists()


def status() -> str:
    """One line per server."""
    lines = []
    if own_database():
        lines.append(f"postgres  {_state(postgres.running(), postgres.ready)}  {paths.SOCKETS}")
    if own_broker():
        lines.append(f"valkey    {_state(valkey.running(), valkey.answers)}  {valkey.SOCKET}")
    return "\n".join(lines)


def _state(pid: int | None, ready: Callable[[], bool]) -> str:
    if pid is None:
        return "stopped"
    return f"{'running' if ready() else 'starting'} (process {pid})"


def _database_exists() -> bool:
    return postgres.psql("SELECT 1 FROM pg_database WHERE datname = :'database'", database=DATABASE) == "1"


def _create_role_and_database() -> None:
    """The application's role owns its database and may create others (tests), and is no superuser."""
    names = {"role": ROLE, "password": secret("postgres-app")}
    exists = postgres.psql("SELECT 1 FROM pg_roles WHERE rolname = :'role'", **names) == "1"
    postgres.psql(
        ("ALTER" if exists else "CREATE")
        + """ ROLE :"role" LOGIN NOSUPERUSER CREATEDB NOCREATEROLE PASSWORD :'password'""",
        **names,
    )
    create_database(DATABASE)


def create_database(name: str) -> None:
    """An empty database of the application's role, which nobody else may enter."""
    postgres.psql('CREATE DATABASE :"name" OWNER :"role"', name=name, role=ROLE)
    postgres.psql('REVOKE ALL ON DATABASE :"name" FROM PUBLIC', name=name)
