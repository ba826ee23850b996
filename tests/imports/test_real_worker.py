"""A real worker, rung by real beat, takes up a file that nobody was told of."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Account
from imports import services
from imports.models import ImportBatch
from tests.queue import running_queue
from users.models import User

CSV = "customer_id,company_name,contact_name\n1,Acme,Eva Lind\n2,Borg,Per Borg\n"


@pytest.mark.slow
@pytest.mark.xdist_group("installation")
@pytest.mark.django_db(transaction=True)
def test_check_and_run_without_a_bell(
    admin: User, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(services, "ring", lambda _pk: None)

    def waits(state: str) -> bool:
        """The batch's state; an old time stamp makes the next bell take it up."""
        ImportBatch.objects.filter(lease_until=None).update(updated_at=timezone.now() - timedelta(minutes=5))
        return ImportBatch.objects.filter(state=state).exists()

    batch = services.upload(admin, "accounts", SimpleUploadedFile("customers.csv", CSV.encode()))
    services.start_check(admin, batch, batch.mapping, {})
    with running_queue(MEDIA_ROOT=settings.MEDIA_ROOT) as queue:
        queue.wait_for(lambda: waits("checked"))
        assert not Account.objects.exists()
        batch.refresh_from_db()  # a yes is to the check that one has seen
        services.confirm(admin, batch)
        queue.wait_for(lambda: waits("done"))
    assert Account.objects.count() == 2
