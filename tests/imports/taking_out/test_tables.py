"""Nothing is forgotten when everything is taken out, and nothing secret is in it."""

from __future__ import annotations

import pytest

from imports.taking_out.tables import LEFT_OUT, MANAGERS_ONLY, ROWS, SECRET, models_of_ours, tables
from tests.factories import make_user

# What the name of a secret has in it, and columns that have it and open nothing.
SUSPICIOUS = ("password", "token", "secret", "key", "hash", "session", "stored", "signature")
HARMLESS = {
    "accounts.TierCondition.key",
    "cadences.Slot.key",
    "cadences.Purpose.key",
    "correspondence.Message.key",  # names what a mail is about, so that it is sent once
    "correspondence.Identity.signature",  # what stands under a mail
    "sales.PurchaseLine.line_key",
    "surveys.Programme.slot_key",
    "surveys.Wave.key_is_missing",
    "surveys.Wave.keys_destroyed_on",
}


@pytest.fixture
def both(db: None):
    """An admin who is a manager, too, gets the most."""
    return make_user("admin", "manager")


def test_every_model_is_written_or_left_out_for_a_reason(both):
    written = {table.model._meta.label for table in tables(both)}
    ours = {model._meta.label for model in models_of_ours()}
    assert ours - written == set(LEFT_OUT)
    assert all(LEFT_OUT.values())
    known = ours | {"pghistory.Context"}
    assert not (set(SECRET) | set(ROWS) | MANAGERS_ONLY) - known, "named here and not there any more"


def test_no_column_sounds_secret(both):
    found = {
        f"{getattr(table.model, 'pgh_tracked_model', table.model)._meta.label}.{field.name}"
        for table in tables(both)
        for field in table.fields
        if any(word in field.name for word in SUSPICIOUS)
    }
    assert found <= HARMLESS, f"Secret? Name it in SECRET, or here: {sorted(found - HARMLESS)}"


def test_an_admin_who_is_no_manager_takes_no_surveys_out(db):
    names = {table.name for table in tables(make_user("admin"))}
    assert "contacts_contact" in names
    assert "history_contacts_contact" in names
    assert not [name for name in names if "surveys" in name]


def test_who_was_asked_in_a_survey_leaves_with_nobody(both):
    names = {table.name for table in tables(both)}
    assert "surveys_programme" in names
    assert not names & {"surveys_invitation", "surveys_asked", "surveys_heldback"}
