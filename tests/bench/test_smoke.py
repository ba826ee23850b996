"""The measurement runs from end to end and reports every figure. No figure is judged here."""

import json
import os
import subprocess
import sys

import pytest

from stack import paths

FIGURES = (
    "bare insert",
    "from nothing",
    "nothing changed",
    "normal night",
    "minimal page p50",
    "My day p50",
    "account page p50",
    "account page, 10,000 entries p50",
    "timeline of 10,000, filtered p50",
    "timeline of 10,000, words not there p50",
    "My day, 600 against 300",
    "account page, 600 against 300",
    "ledger of the company p50",
    "ledger by account p50",
    "contacts of the ledger p50",
    "accounts at risk p50",
    "accounts by longest silence p50",
    "accounts by sales p50",
    "simulation of a draft, 600",
    "activation of a version, 600",
    "re-tiering",
    "peak memory of the process",
    "peak private memory",
    "peak memory of a web process",
    "rate of the outbox",
    "answers lost that were thanked for",
    "submits that were thanked",
    "submit p50",
    "My day p95, burst",
    "letters printed",
    "peak memory of printing",
    "count of an audience, 60",
    "mailing prepared, 60",
    "mailing prepared against a bare insert",
    "import against a bare COPY, 1,500",
    "memory of the import, 1,500",
    "My day p95 while it runs",
    "the import taken back, 1,500",
)


def _untouched() -> dict[str, str]:
    """The environment without the addresses that other tests of this process have set."""
    ours = ("BALLOTS_", "DATABASE_URL", "REDIS_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.mark.slow
def test_the_bench_measures_everything_it_promises(tmp_path):
    out = tmp_path / "bench.json"
    sizes = {
        "BENCH_ACCOUNTS": "20000",
        "BENCH_PAGES": "300,600",
        "BENCH_REPEATS": "1",
        "BENCH_REQUESTS": "10",
        "BENCH_INVITATIONS": "40",
        "BENCH_BURST": "10,2",
        "BENCH_LETTERS": "250",
        "BENCH_MAILING": "60",
        "BENCH_IMPORT": "1500",
    }

    done = subprocess.run(
        [sys.executable, "-m", "bench"],
        env=_untouched() | sizes | {"BENCH_OUT": str(out)},
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text())
    names = [figure["name"] for figure in report["figures"]]
    for figure in FIGURES:
        assert any(name.startswith(figure) for name in names), figure
        assert figure in done.stdout
    measured = {figure["name"]: figure["measured"] for figure in report["figures"]}
    assert measured.pop("answers lost that were thanked for") == 0
    assert measured["submits that were thanked"] == 100
    assert all(figure > 0 for figure in measured.values())
    assert report["raw"]["touchpoints"] > 20_000
    assert "goals met" in done.stdout


def test_the_table_says_where_it_falls_short():
    from bench.report import Line, summary, table

    lines = [
        Line("one", 2.0, goal=1.5),
        Line("two", 0.4, goal=0.5, detail="why"),
        Line("three", 12, "MB"),
        Line("four", 61, "%", goal=60, at_least=True),
    ]

    assert summary(lines) == "2 of 3 goals met. Falls short: one 2.00 instead of 1.5 x."
    assert "MISSED" in table(lines)
    assert "12.00 MB" in table(lines)
    assert ">= 60 %" in table(lines)
