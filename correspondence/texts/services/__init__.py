"""Which words to write with, the words with their values, and the verbs that change templates."""

from correspondence.texts.services.picking import pick, pick_many
from correspondence.texts.services.writing import Written, in_words, unwritten, write, write_many

__all__ = ["Written", "in_words", "pick", "pick_many", "unwritten", "write", "write_many"]
