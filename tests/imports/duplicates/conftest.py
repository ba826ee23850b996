"""Every day is the same Monday."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

NOW = "2026-11-23 09:00+00:00"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield
