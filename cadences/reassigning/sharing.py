"""Dealing accounts out evenly. Pure: imports nothing of Django."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

Owner = TypeVar("Owner", bound=Hashable)


def deal(account_ids: Sequence[int], owners: Sequence[Owner]) -> dict[int, Owner]:
    """Account -> owner: forth and back through the owners, so that each gets as many and as heavy ones.

    ``account_ids`` come heaviest first. The same accounts and owners give the same shares.
    """
    there_and_back = [*owners, *reversed(owners)]
    return {pk: there_and_back[n % len(there_and_back)] for n, pk in enumerate(account_ids)}
