"""Exports of other systems, known by their columns: what each becomes, without anybody choosing."""

from __future__ import annotations

from collections.abc import Sequence

from imports.cleaners import normal
from imports.ready import espocrm, hubspot, odoo, salesforce
from imports.ready.known import Ready

KNOWN: tuple[Ready, ...] = (*hubspot.FILES, *salesforce.FILES, *espocrm.FILES, *odoo.FILES)

__all__ = ["KNOWN", "Ready", "find"]


def find(header: Sequence[str], kind: str = "") -> Ready | None:
    """The export that these columns are, the one with most of its marks; None where it is none of them."""
    names = {normal(name) for name in header}
    fits = [ready for ready in KNOWN if kind in ("", ready.kind) and ready.fits(names)]
    return max(fits, key=lambda ready: (len(ready.marks), len(ready.columns(header))), default=None)
