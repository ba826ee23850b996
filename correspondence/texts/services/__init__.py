"""Which words to write with, the words with their values, and the verbs that change templates."""

from correspondence.texts.services.changing import (
    ChangedMeanwhileError,
    Words,
    change,
    create,
    go_back,
    retire,
    save_text,
)
from correspondence.texts.services.picking import pick, pick_many
from correspondence.texts.services.writing import Written, filled, in_words, unwritten, write, write_many

__all__ = [
    "ChangedMeanwhileError",
    "Words",
    "Written",
    "change",
    "create",
    "filled",
    "go_back",
    "in_words",
    "pick",
    "pick_many",
    "retire",
    "save_text",
    "unwritten",
    "write",
    "write_many",
]
