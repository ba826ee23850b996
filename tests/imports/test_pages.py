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
from tests.factories import make_user
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


@pytest.mark.django_db(transaction=True)
class TestStates:
    def test_bad_files_are_refused_with_words(self, office: Client) -> None:
        for content, words in [
            (b"", "empty"),
            (b"a;b\n1;2\n", "do not tell what kind"),
            (b"id,id\n1,2\n", "both called"),
            (b"PK\x03\x04", "workbook"),
        ]:
            answer = upload(office, content)
            assert answer.status_code == 422
            assert words in answer.content.decode()
        assert not ImportBatch.objects.exists()

    def test_a_quote_never_closed_fails_the_check_and_says_so(self, office: Client) -> None:
        many = "".join(f"{n},Acme {n}\n" for n in range(300))
        upload(office, f'customer_id,company_name\n{many}400,"open\n')
        batch = ImportBatch.objects.get()
        office.post(reverse("imports:map", args=[batch.pk]), guessed(batch))
        shown = office.get(reverse("imports:detail", args=[batch.pk])).content.decode()
        assert "quote opened in line 302 is never closed" in shown
        assert "Nothing was written" in shown

    def test_an_ambiguous_date_asks_and_keeps_what_was_chosen(self, office: Client) -> None:
        upload(office, "customer_id,company_name,last_contact,foo\n1,A,03/04/1998,x\n")
        batch = ImportBatch.objects.get()
        form = guessed(batch) | {"c3": "account.about", "as_of": "1998-05-01"}
        office.post(reverse("imports:map", args=[batch.pk]), form)
        detail = office.get(reverse("imports:detail", args=[batch.pk])).content.decode()
        assert "can be read two ways" in detail
        assert "#id_h2" in detail
        again = office.get(reverse("imports:map", args=[batch.pk])).content.decode()
        assert '<option value="account.about" selected>' in again
        assert "1998-05-01" in again
        assert 'name="h2"' in again
        assert 'name="h3"' not in again
        office.post(reverse("imports:map", args=[batch.pk]), form | {"h2": "day_first"})
        batch.refresh_from_db()
        assert (batch.state, batch.counts["new"]) == ("checked", 1)

    def test_two_columns_for_one_field(self, office: Client) -> None:
        upload(office, CUSTOMERS)
        batch = ImportBatch.objects.get()
        answer = office.post(reverse("imports:map", args=[batch.pk]), guessed(batch) | {"c5": "account.name"})
        assert answer.status_code == 422
        assert "“company_name” becomes this already" in answer.content.decode()

    def test_another_encoding(self, office: Client) -> None:
        upload(office, "customer_id,company_name\n1,Łódź\n".encode("iso-8859-2"))
        batch = ImportBatch.objects.get()
        assert "read as Windows-1252" in office.get(reverse("imports:map", args=[batch.pk])).content.decode()
        reread = reverse("imports:reread", args=[batch.pk])
        assert office.post(reread, {"encoding": "utf-8"}).status_code == 422
        assert office.post(reread, {"encoding": "iso-8859-1"}).status_code == 302
        batch.refresh_from_db()
        assert (batch.layout["encoding"], batch.notes) == ("iso-8859-1", [])

    def test_progress_is_a_fragment_that_asks_again(
        self, office: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload(office, CUSTOMERS)
        monkeypatch.setattr(services, "ring", lambda _pk: None)
        batch = ImportBatch.objects.get()
        office.post(reverse("imports:map", args=[batch.pk]), guessed(batch))
        ImportBatch.objects.update(rows_total=1000, rows_read=250, lease_until="2030-01-01T00:00:00Z")
        shown = office.get(
            reverse("imports:detail", args=[batch.pk]), headers={"HX-Request": "true"}
        ).content.decode()
        assert 'hx-trigger="every 1s"' in shown
        assert "250 of 1,000 rows" in shown
        assert "<html" not in shown
        services.work(batch.pk)  # somebody else has the lease
        ImportBatch.objects.update(lease_until=None)
        services.work(batch.pk)
        shown = office.get(
            reverse("imports:detail", args=[batch.pk]), headers={"HX-Request": "true"}
        ).content.decode()
        assert "hx-trigger" not in shown

    def test_yes_on_a_page_that_shows_an_earlier_check(self, office: Client) -> None:
        upload(office, CUSTOMERS)
        batch = ImportBatch.objects.get()
        office.post(reverse("imports:map", args=[batch.pk]), guessed(batch))
        batch.refresh_from_db()
        confirm, earlier = reverse("imports:confirm", args=[batch.pk]), batch.check_key
        office.post(reverse("imports:map", args=[batch.pk]), guessed(batch) | {"as_of": "1998-01-30"})
        shown = office.post(confirm, {"check": earlier}, follow=True).content.decode()
        assert "checked again meanwhile" in shown
        assert not Account.objects.exists()
        batch.refresh_from_db()
        assert f'name="check" value="{batch.check_key}"' in shown
        office.post(confirm, {"check": batch.check_key})
        assert Account.objects.count() == 2

    def test_the_refused_file_corrected_is_taken(self, office: Client) -> None:
        upload(office, CUSTOMERS)
        batch = ImportBatch.objects.get()
        office.post(reverse("imports:map", args=[batch.pk]), guessed(batch))
        address = reverse("imports:refusals", args=[batch.pk])
        text = b"".join(office.get(address).streaming_content).decode("utf-8-sig")
        upload(office, text.replace("12209", "Germany"))
        again = ImportBatch.objects.latest("id")
        office.post(reverse("imports:map", args=[again.pk]), guessed(again))
        office.post(reverse("imports:confirm", args=[again.pk]))
        assert Account.objects.get().name == "Nowhere Ltd"


@pytest.mark.django_db(transaction=True)
class TestAccess:
    @pytest.mark.parametrize("role", ["salesperson", "manager", "reader"])
    def test_only_admins(self, office: Client, client: Client, role: str) -> None:
        upload(office, CUSTOMERS)
        batch = ImportBatch.objects.get()
        client.force_login(make_user(role))
        for name in ("list", "upload"):
            assert client.get(reverse(f"imports:{name}")).status_code == 403
        for name in ("detail", "map", "refusals"):
            assert client.get(reverse(f"imports:{name}", args=[batch.pk])).status_code == 403
        assert upload(client, CUSTOMERS).status_code == 403
        for name in ("map", "confirm", "reread"):
            assert client.post(reverse(f"imports:{name}", args=[batch.pk]), {}).status_code == 403
        assert ImportBatch.objects.count() == 1

    def test_the_list_costs_the_same_for_2_and_20(
        self, office: Client, django_assert_max_num_queries: Any, admin: User
    ) -> None:
        assert "No file has come in yet" in office.get(reverse("imports:list")).content.decode()
        seen = []
        for more in (2, 18):
            for number in range(more):
                ImportBatch.objects.create(kind="users", filename=f"{number}.csv", created_by=admin)
            with django_assert_max_num_queries(20) as counted:
                office.get(reverse("imports:list"))
            seen.append(len(counted))
        assert seen[0] == seen[1]
