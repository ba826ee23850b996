"""Archives and registers of tests lie in folders of their own, and every day is the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.TAKEN_OUT_ROOT = str(tmp_path / "taken_out")
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """A day of its own, on which time goes on."""
    with time_machine.travel("2026-11-26 10:00+00:00"):
        yield
