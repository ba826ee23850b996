"""Tuesday 24 November 2026, 09:00 in Oslo; a ballot box that nothing is sent to, and folders for keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine

from ballotbox import tally
from surveys import ballots as gateway
from surveys.models import Programme, Wave
from tests import factories as make
from tests.surveys import factories as survey


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-24 08:00:00+00:00", tick=False) as clock:
        make.make_company(name="Northwind Pumps", time_zone="Europe/Oslo")
        yield clock


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> Path:
    """Where keys and the box's files lie."""
    settings.SURVEY_KEYS, settings.BOX_WAVES = str(tmp_path / "mailer"), str(tmp_path / "box")
    settings.SURVEY_URL = "https://feedback.northwind.example"
    return tmp_path


@pytest.fixture
def programme(db: None) -> Programme:
    return survey.make_programme()


@pytest.fixture
def wave(programme: Programme) -> Wave:
    return survey.make_wave(programme)


@pytest.fixture
def rung(monkeypatch) -> list[tuple[str, str]]:
    """The tally hears every bell at once."""
    heard = []

    def ring(task: str, argument: str) -> None:
        heard.append((task, argument))
        name = task.partition(".")[2]
        given = UUID(argument) if name == "prepare_wave" else date.fromisoformat(argument)
        getattr(tally, name)(tally.Tally.from_environment(), given)

    monkeypatch.setattr(gateway, "_ring", ring)
    return heard
