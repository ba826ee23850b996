"""Erasing a person, and forgetting words that are old: what is blanked, what stays, and the register."""
