"""Waves as the tally reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ballotbox.policy import Policy
from ballotbox.questionnaire import Questionnaire


@dataclass(frozen=True)
class Wave:
    """A wave as the tally needs it."""

    id: UUID
    programme: str
    label: str
    closes: date
    asked: Questionnaire
    policy: Policy
    dimensions: list[str]
    invited: Mapping[str, int]
    public_key: bytes


def read_waves(cursor: Any, where: str, *values: Any) -> list[Wave]:
    """Waves, locked, in the order in which they closed."""
    cursor.execute(
        f"""SELECT id, programme, label, closes, questionnaire, policy, dimensions, invited, public_key
            FROM wave WHERE {where} ORDER BY closes, id FOR UPDATE""",  # noqa: S608 - our own words
        values,
    )
    return [
        Wave(
            UUID(str(each[0])), each[1], each[2], each[3], Questionnaire.from_json(_json(each[4])),
            Policy.from_json(_json(each[5])), list(each[6]), _json(each[7]), bytes(each[8]),
        )
        for each in cursor.fetchall()
    ]  # fmt: skip


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
