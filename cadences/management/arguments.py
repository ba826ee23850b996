"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def iso_date(text: str) -> date:
    """A date as YYYY-MM-DD; anything else is refused in words."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no date; write it as 2026-11-22") from None


def as_json(value: Any) -> str:
    """Stable JSON: dates as YYYY-MM-DD, keys in the order they are documented."""
    return json.dumps(value, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
