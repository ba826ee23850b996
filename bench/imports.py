"""A customer file brought in, beside a bare COPY of the same rows into tables like ours; and taken back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from django.db import connection

from accounts.models import Account
from bench import facts, pages
from bench.engine import timed
from bench.report import Line
from contacts.models import Contact
from imports import services
from imports.models import ImportBatch
from imports.undo import services as undo
from stack import paths
from users.models import User

GOAL, GOAL_MEGABYTES, GOAL_SLOWER = 4.0, 300, 2.0
IDLE_SECONDS = 15
HEAD = (
    "customer_id,company_name,contact_name,person_id,contact_title,contact_email,"
    "address,city,postal_code,country,phone\n"
)
RUN = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
done = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.PIPE)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
print(json.dumps({"seconds": time.perf_counter() - begun, "megabytes": peak, "exit": done.returncode,
                  "batch": json.loads(done.stdout or b"{}").get("batch")}))
"""
"""The command as people run it, in a process of its own; its start is part of what it takes."""


@dataclass
class Measured:
    """``again``: of a second file, while My day is asked for; ``bare``: COPY of accounts and contacts."""

    rows: int
    seconds: float = 0.0
    megabytes: int = 0
    bare: float = 0.0
    undone: float = 0.0
    again: float = 0.0
    idle: list[float] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)


def measure(rows: int, say: Callable[[str], None]) -> Measured:
    """Import a file, copy its rows bare, take it back; import another while pages are asked for.

    Raises RuntimeError when a row was refused or stayed.
    """
    found = Measured(rows)
    with tempfile.TemporaryDirectory() as folder, pages.my_day() as ask:
        files = [_file(Path(folder) / f"{letter}.csv", rows, letter) for letter in "AB"]
        found.idle = ask(lambda begun: time.monotonic() - begun > IDLE_SECONDS)
        first = _done(_start(files[0]))
        found.seconds, found.megabytes = first["seconds"], first["megabytes"]
        say(f"  imported in {found.seconds:.1f} s with {found.megabytes} MB")
        found.bare = sum(_bare(model, f"external_id LIKE '{key}%'", Path(folder)) for model, key in
                         ((Account, "A"), (Contact, "PA")))  # fmt: skip
        process = _start(files[1])
        found.meanwhile = ask(lambda _begun: process.poll() is not None)
        found.again = _done(process)["seconds"]
        found.undone = _take_back(first["batch"])
    idle, meanwhile = _p95(found.idle), _p95(found.meanwhile)
    say(f"  bare COPY {found.bare:.2f} s, taken back in {found.undone:.1f} s")
    say(f"  My day p95 {idle:.0f} ms, while it ran {meanwhile:.0f} ms")
    return found


def lines(found: Measured) -> list[Line]:
    size = f"{found.rows:,} accounts with contacts"
    return [
        Line(
            f"import against a bare COPY, {size}", found.seconds / found.bare, goal=GOAL,
            detail=f"{found.seconds:.1f} s from start to end of the command; COPY {found.bare:.2f} s",
        ),
        Line(f"memory of the import, {size}", found.megabytes, "MB", GOAL_MEGABYTES),
        Line(
            "My day p95 while it runs, against idle", _p95(found.meanwhile) / _p95(found.idle),
            goal=GOAL_SLOWER,
            detail=f"{_p95(found.meanwhile):.0f} ms over {len(found.meanwhile)} requests, idle "
            f"{_p95(found.idle):.0f} ms; the import took {found.again:.1f} s meanwhile",
        ),
        Line(f"the import taken back, {size}", found.undone, "s"),
    ]  # fmt: skip


def _file(path: Path, rows: int, letter: str) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEAD)
        stream.writelines(_row(letter, number) for number in range(rows))
    return path


def _row(letter: str, number: int) -> str:
    person = f"Maria Anders{number},P{letter}{number},Sales,maria{number}@bench{letter}.example"
    return (
        f"{letter}{number:06},Firma Ærlig {number} & Søn,{person},"
        f"Obere Str. {number},Köln,{number % 90000:05},Germany,030-00{number:06}\n"
    )


def _start(path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", RUN, "manage.py", "import_file", "accounts", str(path), "--json"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "bench.settings"}
    return subprocess.Popen(command, cwd=paths.ROOT, env=environment, stdout=subprocess.PIPE)


def _done(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(process.communicate()[0])
    if answer["exit"]:
        raise RuntimeError(f"The import ended with {answer['exit']}.")
    return answer


def _bare(model: Any, which: str, folder: Path) -> float:
    """The imported rows, copied from a file into an empty table with the same indexes and checks."""
    table = model._meta.db_table
    names = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if not field.generated)
    facts.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
    path = folder / f"{table}.copy"
    with connection.cursor() as cursor, path.open("w+b") as stream:
        cursor.copy_expert(f"COPY (SELECT {names} FROM {table} WHERE {which}) TO STDOUT", stream)
        stream.seek(0)
        seconds = timed(lambda: cursor.copy_expert(f"COPY bench_{table} ({names}) FROM STDIN", stream))
    facts.execute(f"DROP TABLE bench_{table}")
    return seconds


def _take_back(batch_id: int) -> float:
    admin = User.objects.create_user(email="back@bench.example", display_name="Back", roles=["admin"])
    batch = ImportBatch.objects.get(pk=batch_id)
    if not undo.ask(admin, batch):
        raise RuntimeError("The import cannot be taken back.")
    seconds = timed(lambda: services.work(batch_id))
    batch.refresh_from_db()
    if batch.undo_counts.get("kept") != 0:
        raise RuntimeError(f"{batch.state}: {batch.undo_counts} {batch.error}")
    return seconds


def _p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[18] if len(times) > 1 else median(times)
