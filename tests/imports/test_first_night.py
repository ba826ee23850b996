"""From a customer file to the first owed calls: import, start of the plan, a night, what is owed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from cadences.models import Touchpoint

Bring = Callable[..., dict[str, Any]]
FILES = {
    "users": "employees",
    "accounts": "customers",
    "purchases": "orders",
    "purchase_lines": "order-details",
}


def owed(capsys: pytest.CaptureFixture[str], *which: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    call_command("owed", *which, "--json")
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_lacor_has_the_only_running_track(
    bring: Bring, northwind: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("seed")
    for kind, name in FILES.items():
        bring(kind, northwind / f"{name}.csv", None, "--as-of", "1998-01-30", "--currency", "USD")
    assert not Touchpoint.objects.exists()  # the schedule is off: an import makes nothing owed
    call_command("plan_start", "1998-01-01")
    call_command("nightly", "--on", "1998-01-30")
    # Only the track: where in its half-year the check-in e-mail falls depends on the account's id.
    lacor = [
        (row["due"], row["kind"]) for row in owed(capsys, "--account", "LACOR") if row["cycle"] == "first"
    ]
    assert sorted(lacor) == [("1998-02-05", "call"), ("1998-02-12", "survey"), ("1998-03-02", "call")]
    everything = owed(capsys, "--all")
    assert {row["account"] for row in everything if row["cycle"] == "first"} == {"LACOR"}
    assert {row["account"] for row in everything}.isdisjoint({"FISSA", "PARIS"})
    call_command("check_ledger")
    before = list(Touchpoint.objects.order_by("id").values())
    for kind, name in FILES.items():
        bring(kind, northwind / f"{name}.csv", None, "--as-of", "1998-01-30", "--currency", "USD")
    assert list(Touchpoint.objects.order_by("id").values()) == before
