"""Archives and registers of tests lie in folders of their own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.TAKEN_OUT_ROOT = str(tmp_path / "taken_out")
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")
