"""Forms of My day: the log, its corrections, dates, to-dos, and the engine's settings."""

from cadences.forms.log import LogForm
from cadences.forms.small import (
    CorrectForm,
    SkipForm,
    SnoozeForm,
    TodoForm,
    WithdrawForm,
    errors_into,
)

__all__ = [
    "CorrectForm",
    "LogForm",
    "SkipForm",
    "SnoozeForm",
    "TodoForm",
    "WithdrawForm",
    "errors_into",
]
