"""The verbs of surveys."""

from surveys.services.asking import invite

__all__ = ["invite"]
