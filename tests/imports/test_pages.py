"""The journey of a file through the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from imports import services
from imports.models import ImportBatch
from users.models import User

CUSTOMERS = (
    "customer_id,company_name,contact_name,country,phone,remarks\n"
    "007,Åkesson & Söner,Eva Lind,Sweden,08-123 45 67,\n"
    "008,=HYPERLINK evil,Per Vik,Norway,+47 22 12 34 56,NULL\n"
    "009,Nowhere Ltd,Ann Other,12209,,x\n"
)


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(services, "ring", services.work)


@pytest.fixture
def office(admin: User, client: Client) -> Client:
    client.force_login(admin)
    return client


def upload(office: Client, content: str | bytes, name: str = "customers.csv", kind: str = "") -> Any:
    data = content if isinstance(content, bytes) else content.encode()
    return office.post(reverse("imports:upload"), {"file": SimpleUploadedFile(name, data), "kind": kind})


def guessed(batch: ImportBatch) -> dict[str, str]:
    """The form as it is shown, unchanged."""
    chosen = {column: key for key, column in batch.mapping.items()}
    return {f"c{i}": chosen.get(name, "") for i, name in enumerate(batch.layout["header"])}


@pytest.mark.django_db(transaction=True)
class TestJourney:
    def test_upload_map_check_confirm_download(self, office: Client) -> None:
        answer = upload(office, CUSTOMERS)
        batch = ImportBatch.objects.get()
        assert answer.headers["Location"] == reverse("imports:map", args=[batch.pk])
        assert batch.kind == "accounts"
        shown = office.get(answer.headers["Location"]).content.decode()
        assert "Åkesson &amp; Söner" in shown
        answer = office.post(
            reverse("imports:map", args=[batch.pk]), guessed(batch) | {"as_of": "1998-01-30"}
        )
        detail = reverse("imports:detail", args=[batch.pk])
        assert answer.headers["Location"] == detail
        shown = office.get(detail).content.decode()
        assert "nothing written yet" in shown
        assert "“12209” is no country" in shown
        assert not Account.objects.exists()
        office.post(reverse("imports:confirm", args=[batch.pk]))
        batch.refresh_from_db()
        assert (batch.state, batch.counts["new"], batch.counts["refused"]) == ("done", 2, 1)
        account = Account.objects.get(external_id="007")
        assert account.name == "Åkesson & Söner"
        assert str(account.facts_from) == "1998-01-30"
        text = b"".join(office.get(reverse("imports:refusals", args=[batch.pk])).streaming_content).decode(
            "utf-8-sig"
        )
        assert text.splitlines()[0].startswith("refused because,customer_id,company_name")
        assert "Row 4, country" in text
        assert "009,Nowhere Ltd" in text
