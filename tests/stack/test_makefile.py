"""What `make` says before anything is installed."""

import os
import re
import subprocess
from pathlib import Path

from tests.stack.conftest import ROOT


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL"}}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    listed = set(re.findall(r"^  make ([a-z]+)", make("help").stdout, re.MULTILINE))
    assert listed == targets
    assert {"run", "test", "bench", "stop", "reset", "backup", "restore", "help"} <= listed


def test_an_old_python_is_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text(
        "#!/bin/sh\n"
        'exec python3 -c \'import sys; sys.version_info = (3, 9, 2); sys.version = "3.9.2 (old)"; '
        'exec(sys.argv[1])\' "$2"\n'
    )
    old.chmod(0o755)
    refused = make("run", f"PYTHON={old}")
    assert refused.returncode != 0
    said = [line for line in refused.stderr.splitlines() if not line.startswith("make")]
    assert said == ["Tend needs Python 3.11 or newer, this is 3.9.2: set PYTHON=/path/to/a/newer/python3."]
