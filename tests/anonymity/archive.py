"""What an operator of the database server keeps: its write-ahead log, for restoring to a moment."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

from stack import postgres, processes
from stack.paths import SOCKETS
from stack.secrets import secret

ARRIVED = """
    SELECT coalesce(bool_or(write_lsn >= :'until'), false) FROM pg_stat_replication
    WHERE application_name = :'name'
"""


@dataclass(frozen=True)
class Archive:
    """The log since the beginning of the play. The server is shared: other tests' writes are in it, too."""

    folder: Path
    name: str

    def read(self) -> bytes:
        """Everything written until now: the log as it is, and the pages in it that are compressed."""
        until = postgres.psql("SELECT pg_current_wal_flush_lsn()")
        assert processes.wait_until(lambda: postgres.psql(ARRIVED, until=until, name=self.name) == "t", 30), (
            self.folder / "log"
        ).read_text()
        segments = sorted(path for path in self.folder.iterdir() if len(path.stem) == 24)
        with tempfile.TemporaryDirectory() as pages:
            whole = [str(path) for path in segments if not path.suffix]
            for segment in whole:
                command = [str(postgres.binaries() / "pg_waldump"), "--quiet", "--save-fullpage",
                           f"{pages}/{Path(segment).name}", segment]  # fmt: skip
                subprocess.run(command, env=postgres.environment(), capture_output=True, check=False)
            found = [path.read_bytes() for path in Path(pages).rglob("*") if path.is_file()]
        return b"".join([*(path.read_bytes() for path in segments), *found])


@contextmanager
def write_ahead_log(folder: Path) -> Iterator[Archive]:
    """Receive the log from the embedded server while the play runs."""
    kept = folder / "wal"
    kept.mkdir()
    name = f"attack-{folder.name}"
    env = postgres.environment() | {
        "PGPASSWORD": secret(postgres.SUPERUSER), "PGAPPNAME": name, "PGHOST": str(SOCKETS),
        "PGPORT": str(postgres.PORT), "PGUSER": postgres.SUPERUSER,
    }  # fmt: skip
    postgres.psql("SELECT pg_switch_wal()")  # what earlier runs wrote is not ours
    command = [str(postgres.binaries() / "pg_receivewal"), "--directory", str(kept), "--status-interval", "1"]
    receiver = processes.start_detached(command, log=kept / "log", env=env, cwd=folder)
    try:
        yield Archive(kept, name)
    finally:
        processes.stop(receiver.pid, SIGTERM, 20)
