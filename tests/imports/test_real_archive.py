"""A real worker is killed in the middle of an archive: the next one takes over, and nothing half is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from imports.models import TakeOut
from imports.taking_out import archives
from tests.factories import make_account, make_contact
from tests.queue import running_queue
from users.models import User

PATIENCE = 100
"""Seconds for a worker that starts on a busy machine."""


@pytest.mark.slow
@pytest.mark.xdist_group("installation")
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_taken_over(
    admin: User, settings: Any, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TAKEN_OUT_ROOT = str(tmp_path / "taken_out")
    folder = tmp_path / "taken_out"
    make_contact(make_account(admin, name="Borg"))
    monkeypatch.setattr(archives, "ring", lambda _pk: None)
    archive = archives.ask(admin, with_files=False)
    client.force_login(admin)

    def halves() -> list[str]:
        return sorted(path.name for path in folder.glob("*.part"))

    def state(wanted: str) -> bool:
        TakeOut.objects.filter(lease_until=None).update(updated_at=timezone.now() - archives.WAITING_FOR * 2)
        return TakeOut.objects.filter(pk=archive.pk, state=wanted).exists()

    with running_queue(TAKEN_OUT_ROOT=str(folder), TEND_KILL_AT="archive half") as queue:
        queue.wait_for(lambda: state("running") and halves() == [f"{archive.key.hex}.1.part"], PATIENCE)
        queue.wait_for(lambda: "SIGKILL" in (queue.folder / "worker.log").read_text(), PATIENCE)
        assert client.post(reverse("taking_out:fetch", args=[archive.pk])).status_code == 404
        assert not archive.path.exists()
        queue.kill(queue.worker)
        del queue.env["TEND_KILL_AT"]
        queue.start_worker()
        TakeOut.objects.filter(pk=archive.pk).update(lease_until=timezone.now())  # it has run out
        queue.wait_for(lambda: state("ready"), PATIENCE)
    archive.refresh_from_db()
    assert archive.attempts == 2
    assert ZipFile(archive.path).testzip() is None
    assert "Borg" in ZipFile(archive.path).read("csv/accounts_account.csv").decode()
    assert [path.name for path in folder.iterdir()] == [archive.path.name], "no half file lies about"
    assert client.post(reverse("taking_out:fetch", args=[archive.pk])).status_code == 200
