"""A file of history keeps to the policies of its columns, and can be taken back like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contacts.models import Commitment, Concern, Contact, Interaction
from imports import services
from tests.factories import make_account, make_concern
from tests.imports import test_history as history
from tests.imports.test_undo import taken_back
from users.models import User

Bring = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ring", services.work)


def everything() -> list[Any]:
    found = []
    for model in (Contact, Interaction, Concern, Commitment):
        for row in model._base_manager.order_by("pk").values():
            row.pop("updated_at")
            found.append(row)
    return found


@pytest.mark.parametrize(
    ("kind", "text", "change"),
    [
        ("contacts", history.TestContacts.FILE, ("Buyer", "Head of purchasing")),
        ("interactions", history.CALLS, ("Connected", "Voicemail")),
        ("concerns", history.TestConcerns.FILE, ("Urgent", "Low")),
        ("commitments", history.TestPromises.FILE, ("Send a quote", "Send two quotes")),
    ],
)
def test_changes_and_new_rows_are_taken_back(
    bring: Bring, write: Write, admin: User, kind: str, text: str, change: tuple[str, str]
) -> None:
    make_account(name="Acme Machining", external_id="A1")
    before = everything()
    first = bring(kind, write(text))
    between = everything()
    second = bring(kind, write(text.replace(*change)))
    assert second["counts"]["changed"] == 1
    assert everything() != between
    taken_back(second, admin)
    assert everything() == between
    taken_back(first, admin)
    assert everything() == before


def test_a_column_that_never_changes_leaves_what_is_there(bring: Bring, write: Write, admin: User) -> None:
    acme = make_account(name="Acme Machining", external_id="A1")
    make_concern(acme, external_id="1", what="Ours", severity=1)
    mapping = {
        "concern.external_id": "id", "concern.account": "company", "concern.what": "subject",
        "concern.severity": "priority", "concern.due_on": "created",
        "options": {"policies": {"concern.what": "never", "concern.due_on": "fill"}},
    }  # fmt: skip
    bring("concerns", write(history.TestConcerns.FILE), mapping)
    found = Concern.objects.get(external_id="1")
    assert (found.what, found.severity, found.due_on.isoformat()) == ("Ours", 3, "2024-03-05")
    later = history.TestConcerns.FILE.replace("2024-03-05", "2024-06-05")
    assert bring("concerns", write(later), mapping)["counts"]["changed"] == 0
