"""Changing many accounts at once: chosen and frozen, looked at, confirmed, done in steps, taken back."""
