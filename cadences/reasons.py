"""Why the engine closed a row: the phrases that its SQL writes, and the same for people's eyes."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from surveys.asks import LAPSE_REASONS

ENGINE_REASONS = (
    gettext_noop("former customer"),
    gettext_noop("no customer"),
    gettext_noop("switched off for this account"),
    gettext_noop("purchase gone"),
    gettext_noop("campaign ended"),
    gettext_noop("another new owner"),
    gettext_noop("another thank-you"),
    gettext_noop("a campaign asks about it"),
    gettext_noop("restarted by a later purchase"),
    gettext_noop("track started"),
    gettext_noop("falls into a track"),
    gettext_noop("agreed call open"),
    gettext_noop("log withdrawn"),
    gettext_noop("no longer in the plan"),
    gettext_noop("paused"),
    gettext_noop("not done in time"),
    *LAPSE_REASONS,
)
"""Stored as they stand here; a page shows ``gettext(row.reason)``. What people write is not in this list."""
