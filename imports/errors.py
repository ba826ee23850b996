"""What can be wrong with a file, with a row, with a mapping. Every message names place and cure."""

from __future__ import annotations


class BadFileError(Exception):
    """The file as a whole cannot be taken: nothing is written."""


class BadMappingError(BadFileError):
    """The mapping or one of its options does not fit. ``field``: the field or option concerned."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class QuestionError(BadMappingError):
    """The file can be read in two ways and only a person knows which; ``field`` is the option to set."""


class RefusedError(Exception):
    """One row cannot be taken. ``column``: the field concerned, as the registry calls it."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
