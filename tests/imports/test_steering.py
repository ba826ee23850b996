"""Pause, go on, cancel; mappings kept by name; how examples are read before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from imports import habits, pipeline, saved_mappings, services, stopping
from imports.models import ImportBatch, SavedMapping
from imports.undo import services as undo
from users.models import User

CSV = "customer_id,company_name\n" + "".join(f"A{i},Acme {i}\n" for i in range(5))


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    heard: list[int] = []
    monkeypatch.setattr(services, "ring", heard.append)
    return heard


def uploaded(admin: User, text: str = CSV, kind: str = "accounts") -> ImportBatch:
    return services.upload(admin, kind, SimpleUploadedFile("customers.csv", text.encode()))


def confirmed(admin: User) -> ImportBatch:
    batch = uploaded(admin)
    services.start_check(admin, batch, batch.mapping, {})
    services.work(batch.pk)
    batch.refresh_from_db()
    assert services.confirm(admin, batch)
    return batch


@pytest.mark.django_db(transaction=True)
class TestStopping:
    """A wish is heard at the next step, through the worker's own connection; nothing is written then."""

    def wished(
        self, verb: Callable[[User, ImportBatch], bool], admin: User, monkeypatch: pytest.MonkeyPatch
    ) -> ImportBatch:
        """While the worker is between comparing and writing."""
        batch = confirmed(admin)
        real = pipeline.staging.refuse_from_judged

        def elsewhere(cursor: Any) -> None:
            assert ImportBatch.objects.get(pk=batch.pk).step == "compare"

            def asked() -> None:
                verb(admin, ImportBatch.objects.get(pk=batch.pk))
                connection.close()

            thread = Thread(target=asked)
            thread.start()
            thread.join()
            real(cursor)

        with monkeypatch.context() as patched:
            patched.setattr(pipeline.staging, "refuse_from_judged", elsewhere)
            services.work(batch.pk)
        assert not Account.objects.exists()
        batch.refresh_from_db()
        return batch

    def test_paused_and_gone_on_is_like_one_clean_run(
        self, admin: User, rung: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = self.wished(stopping.pause, admin, monkeypatch)
        assert (batch.state, batch.is_paused, batch.attempts) == ("running", True, 0)
        services.work(batch.pk)  # a late bell
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            assert services.resume_waiting() == 0
        assert not Account.objects.exists()
        rung.clear()
        assert stopping.go_on(admin, batch)
        assert rung == [batch.pk]
        services.work(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.stop, Account.objects.count()) == ("done", "", 5)

    def test_cancelled_stands_where_it_was_before(
        self, admin: User, rung: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = self.wished(stopping.cancel, admin, monkeypatch)
        assert (batch.state, batch.stop, batch.counts["new"]) == ("checked", "", 5)
        assert services.confirm(admin, batch)
        services.work(batch.pk)
        assert Account.objects.count() == 5
        batch.refresh_from_db()
        assert not stopping.cancel(admin, batch)  # too late

    def test_where_no_worker_has_it_at_once(self, admin: User, rung: list[int]) -> None:
        batch = uploaded(admin)
        services.start_check(admin, batch, batch.mapping, {})
        assert stopping.pause(admin, batch)
        assert batch.is_paused
        assert stopping.cancel(admin, batch)
        assert (batch.state, batch.stop) == ("uploaded", "")

    def test_the_worker_died_before_it_could_stop(self, admin: User, rung: list[int]) -> None:
        batch = confirmed(admin)
        ImportBatch.objects.update(lease_until=timezone.now() + timedelta(minutes=5))
        stopping.cancel(admin, batch)
        assert batch.state == "running"
        with time_machine.travel(timezone.now() + timedelta(minutes=20)):
            services.resume_waiting()
        batch.refresh_from_db()
        assert (batch.state, batch.stop) == ("checked", "")

    def test_taking_back_can_be_cancelled_too(self, admin: User, rung: list[int]) -> None:
        batch = confirmed(admin)
        services.work(batch.pk)
        batch.refresh_from_db()
        assert undo.ask(admin, batch)
        assert stopping.cancel(admin, batch)
        assert (batch.state, Account.objects.count()) == ("done", 5)


@pytest.mark.django_db
class TestSavedMappings:
    def test_kept_and_proposed_when_a_header_fits(self, admin: User, rung: list[int]) -> None:
        batch = uploaded(admin, "Nr,Wer,Wo,Datum\n1,Acme,Oslo,2026-01-05\n")
        columns = {"account.external_id": "Nr", "account.name": "Wer", "account.city": "Wo"}
        services.start_check(
            admin, batch, columns, {"as_of": "2026-01-05", "policies": {"account.city": "fill"}}
        )
        saved = saved_mappings.save(admin, "  The  till ", batch)
        assert (saved.name, saved.options) == ("The till", {"policies": {"account.city": "fill"}})
        again = uploaded(admin, "Datum,Wo,Nr,Wer,More\n2026-01-05,Oslo,1,Acme,x\n")
        assert (again.mapping, again.options) == (columns, {"policies": {"account.city": "fill"}})
        assert "as in “The till”" in again.notes[-1]
        other = uploaded(admin, "Nr,Wer\n1,Acme\n")
        assert other.mapping == {}
        assert not saved_mappings.use(admin, other, saved)

    def test_after_a_check_there_is_nothing_to_say_yes_to(self, admin: User, rung: list[int]) -> None:
        first = uploaded(admin)
        saved = saved_mappings.save(admin, "The till", first)
        batch = uploaded(admin)
        services.start_check(admin, batch, batch.mapping, {})
        services.work(batch.pk)
        batch.refresh_from_db()
        seen = ImportBatch.objects.get(pk=batch.pk)
        assert (batch.state, saved_mappings.use(admin, batch, saved)) == ("checked", True)
        assert not services.confirm(admin, seen, seen.check_key)
        assert ImportBatch.objects.get(pk=batch.pk).state == "uploaded"
        running = confirmed(admin)
        stale = ImportBatch.objects.get(pk=running.pk)
        stale.state = "checked"
        assert not saved_mappings.use(admin, stale, saved)
        assert ImportBatch.objects.get(pk=running.pk).state == "running"

    def test_tells_what_kind_of_file_it_is(self, admin: User, rung: list[int]) -> None:
        batch = uploaded(admin, "Nr,Wer\n1,Acme\n")
        services.start_check(admin, batch, {"account.external_id": "Nr", "account.name": "Wer"}, {})
        saved_mappings.save(admin, "The till", batch)
        assert uploaded(admin, "Wer,Nr\nAcme,1\n", kind="").mapping["account.name"] == "Wer"

    def test_an_address_list_without_ids(self, admin: User, rung: list[int]) -> None:
        batch = uploaded(admin, "company,city\nAcme,Oslo\n", kind="")
        assert (batch.kind, batch.options) == ("accounts", {"match": "name_country"})
        assert "found by name and country" in batch.notes[-1]

    def test_the_same_name_replaces(self, admin: User, rung: list[int]) -> None:
        batch = uploaded(admin)
        saved_mappings.save(admin, "The till", batch)
        saved_mappings.save(admin, "the TILL", batch)
        assert SavedMapping.objects.get().name == "The till"

    def test_by_page(self, admin: User, client: Client, rung: list[int]) -> None:
        client.force_login(admin)
        batch = uploaded(admin)
        form = {"c0": "account.external_id", "c1": "account.name", "p1": "fill", "save_as": "The till"}
        client.post(reverse("imports:map", args=[batch.pk]), form)
        saved = SavedMapping.objects.get()
        assert saved.options["policies"] == {"account.name": "fill"}
        second = uploaded(admin)
        page = client.get(reverse("imports:map", args=[second.pk])).content.decode()
        assert f'name="mapping" value="{saved.pk}"' in page
        assert '<option value="fill" selected>' in page
        client.post(reverse("imports:use_mapping", args=[second.pk]), {"mapping": saved.pk})
        assert "The till" in client.get(reverse("imports:mappings")).content.decode()
        client.post(reverse("imports:delete_mapping", args=[saved.pk]))
        assert not SavedMapping.objects.exists()

    def test_the_list_costs_the_same_for_2_and_20(
        self, admin: User, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        client.force_login(admin)
        seen = []
        for more in (2, 18):
            for number in range(more):
                name = f"{more} {number}"
                SavedMapping.objects.create(name=name, kind="users", columns={}, uses=[], created_by=admin)
            with django_assert_max_num_queries(20) as counted:
                client.get(reverse("imports:mappings"))
            seen.append(len(counted))
        assert seen[0] == seen[1]


@pytest.mark.django_db
class TestHabits:
    def read(self, batch: ImportBatch) -> dict[str, list[tuple[str, ...]]]:
        return {name: [cell.meant for cell in cells] for name, cells in habits.readings(batch).items()}

    HEAD = "customer_id,company,last_contact,revenue\n"

    def test_what_can_be_read_two_ways_shows_both(self, admin: User) -> None:
        batch = uploaded(admin, self.HEAD + '1,A,03/04/2026,"1,250"\n')
        assert self.read(batch) == {
            "last_contact": [("3 April 2026", "4 March 2026")],
            "revenue": [("1,250.00", "1.25")],
        }

    def test_one_clear_value_settles_the_file(self, admin: User, client: Client) -> None:
        batch = uploaded(admin, self.HEAD + '1,A,03/04/2026,"1.250,5"\n2,B,25/04/2026,nix\n')
        assert self.read(batch) == {
            "last_contact": [("3 April 2026",), ("25 April 2026",)],
            "revenue": [("1,250.50",), ("cannot be read",)],
        }
        client.force_login(admin)
        assert "3 April 2026" in client.get(reverse("imports:map", args=[batch.pk])).content.decode()

    def test_what_the_check_settled_is_shown_before_the_yes(
        self, admin: User, client: Client, rung: list[int]
    ) -> None:
        rows = "".join(f"{n},A{n},0{n}/04/2026,\n" for n in range(1, 5)) + "9,B,25/04/2026,\n"
        batch = uploaded(admin, self.HEAD + rows)
        assert self.read(batch)["last_contact"][1] == ("2 April 2026", "4 February 2026")
        services.start_check(admin, batch, batch.mapping, {"as_of": "2026-05-01"})
        services.work(batch.pk)
        client.force_login(admin)
        page = client.get(reverse("imports:detail", args=[batch.pk])).content.decode()
        assert "2 April 2026" in page
        assert "4 February" not in page


@pytest.mark.django_db
def test_taking_back_by_page(admin: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ring", services.work)
    client.force_login(admin)
    batch = uploaded(admin)
    services.start_check(admin, batch, batch.mapping, {})
    batch.refresh_from_db()
    services.confirm(admin, batch)
    address = reverse("imports:undo", args=[batch.pk])
    assert address in client.get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert "removed again" in client.get(address).content.decode()
    Account.objects.filter(external_id="A1").update(name="Other")
    shown = client.post(address, follow=True).content.decode()
    assert "Changed since the import" in shown
    assert ">Other</a>" in shown
    assert Account.objects.get().external_id == "A1"
    for wish, status in (("pause", 302), ("nonsense", 400)):
        assert client.post(reverse("imports:stop", args=[batch.pk]), {"wish": wish}).status_code == status
