"""The table people read, and the file that machines compare."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Line:
    """One figure. ``goal`` is the most it should be, or the least (``at_least``); None: there is none."""

    name: str
    measured: float
    unit: str = "x"
    goal: float | None = None
    detail: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.measured >= self.goal if self.at_least else self.measured <= self.goal


def table(lines: list[Line]) -> str:
    """Name, measured, goal, verdict, what lies behind it."""
    rows = [("", "measured", "goal", "", "")]
    for line in lines:
        goal = "" if line.goal is None else f"{'>=' if line.at_least else '<='} {line.goal:g} {line.unit}"
        verdict = {True: "met", False: "MISSED", None: ""}[line.met]
        rows.append((line.name, f"{line.measured:.2f} {line.unit}", goal, verdict, line.detail))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(
            [
                row[0].ljust(widths[0]),
                row[1].rjust(widths[1]),
                row[2].ljust(widths[2]),
                row[3].ljust(widths[3]),
                row[4],
            ]
        ).rstrip()
        for row in rows
    )


def summary(lines: list[Line]) -> str:
    missed = [line for line in lines if line.met is False]
    judged = [line for line in lines if line.met is not None]
    if not missed:
        return f"All {len(judged)} goals met."
    named = "; ".join(
        f"{line.name} {line.measured:.2f} instead of {line.goal:g} {line.unit}" for line in missed
    )
    return f"{len(judged) - len(missed)} of {len(judged)} goals met. Falls short: {named}."


def write(path: Path, lines: list[Line], raw: dict[str, Any]) -> None:
    """Everything measured, with the machine it was measured on."""
    content = {
        "machine": {
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "figures": [
            {
                "name": line.name,
                "measured": round(line.measured, 4),
                "unit": line.unit,
                "goal": line.goal,
                "met": line.met,
                "detail": line.detail,
            }
            for line in lines
        ],
        "raw": raw,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")
