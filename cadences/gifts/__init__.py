"""Gifts and greetings of a year: the list, its budget, what was sent and who said thanks."""
