"""A file of history keeps to the policies of its columns, and can be taken back like any other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine

from cadences.engine import reconcile
from cadences.models import Touchpoint
from contacts.models import Commitment, Concern, Contact, Interaction
from imports import services
from tests.factories import (
    at,
    make_account,
    make_concern,
    make_interaction,
    make_item,
    make_plan,
    make_purchase,
    make_schedule,
    make_slot,
    make_user,
)
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


@pytest.mark.parametrize(
    "talks", [("2026-11-20",), ("2026-10-22", "2026-11-20"), ("2026-11-19", "2026-11-20")]
)
@pytest.mark.parametrize("also", [False, True])
def test_what_an_imported_contact_had_closed_is_owed_again(
    bring: Bring, write: Write, admin: User, talks: tuple[str, ...], also: bool
) -> None:
    """Unless another contact closes it: one that was logged here, of the same days."""
    with time_machine.travel("2026-11-24 08:00:00+00:00", tick=False):
        account = monthly_calls()
        before = owed(account)
        assert [state for _cycle, state, _due, _on in before] == ["open"]
        report = bring("interactions", write("id,date,company,type\n" + "".join(
            f"{n},{day},A1,call\n" for n, day in enumerate(talks))))  # fmt: skip
        assert Touchpoint.objects.open().get(account=account).due_on == date(2026, 12, 21)
        if also:
            make_interaction(account, account.owner, happened_on=date(2026, 11, 20))
        taken_back(report, admin)
        assert not Interaction.objects.filter(external_id__isnull=False).exists()
        still_owed = [row for row in owed(account) if row[1] in ("open", "done")]
        if also:
            assert still_owed[-1][1:3] == ("open", date(2026, 12, 21))
        else:
            assert still_owed == before


def monthly_calls() -> Any:
    """An account whose owner owes it a call a month, last spoken to on 23 September."""
    make_schedule(switched_on_at=at("2026-09-01 08:00"))
    plan = make_plan(state="running", effective_from=date(2026, 1, 1))
    make_item(make_slot("call"), plan=plan, since=plan.effective_from, qualifying=["call"])
    account = make_account(
        make_user("salesperson"), external_id="A1", status="customer", became_customer_on=date(2026, 1, 1),
        owner_since=date(2026, 1, 1), facts_from=date(2026, 1, 1),
    )  # fmt: skip
    make_purchase(account, date(2026, 1, 1))
    make_interaction(account, account.owner, happened_on=date(2026, 9, 23))
    reconcile(None, date(2026, 11, 24))
    return account


def owed(account: Any) -> list[Any]:
    rows = Touchpoint.objects.filter(account=account).order_by("id")
    return [(row.cycle, row.state, row.due_on, row.closed_on) for row in rows]


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
