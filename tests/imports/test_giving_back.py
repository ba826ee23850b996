"""What was brought in, written out and brought in again, changes nothing."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from imports import giving_back
from tests.factories import make_account, make_interaction
from tests.imports import test_history, test_northwind
from users.models import User

Bring = Callable[..., dict[str, Any]]
Write = Callable[..., Path]
TABLES = (
    "users_user accounts_account contacts_contact sales_purchase sales_purchaseline contacts_interaction "
    "contacts_concern contacts_commitment"
)  # fmt: skip
NASTY = [
    "=cmd|' /C calc'!A0", "'=1", "''", "@x", "+47", "-5", "%0", "|x", "\tx", 'say "hi"', "a,b;c\td",
    "two\nlines",
    "🦄 ø Ł", "  blanks  ", "0012", "1.234", "\u202eevil", "<b>", "'", "O'Neill", "x" * 60, "%s {0}", "\\n",
]  # fmt: skip


def everything() -> list[Any]:
    with connection.cursor() as cursor:
        found = []
        for table in TABLES.split():
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            found.append(cursor.fetchall())
        return found


def again(bring: Bring, folder: Path) -> None:
    """Write every kind of file out, bring it in, and see that nothing has moved."""
    before = everything()
    for kind in giving_back.QUERIES:
        path = folder / f"again-{kind}.csv"
        call_command("export_file", kind, str(path))
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r|%")], kind
        if len(rows) > 1:
            report = bring(kind, path)
            assert report["counts"]["unchanged"] == len(rows) - 1, (kind, report["refused"], report["counts"])
    assert everything() == before


def test_names_no_system_was_made_for(bring: Bring, write: Write, tmp_path: Path) -> None:
    dice = random.Random(11)
    path = tmp_path / "nasty.csv"
    names = [
        "id",
        "company",
        "street",
        "city",
        "industry",
        "about",
        "contact_first_name",
        "contact_last_name",
        "phone",
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for number in range(150):
            writer.writerow([f"N{number}", *[dice.choice(NASTY) for _name in names[1:]]])
    assert bring("accounts", path)["counts"]["new"] > 100
    again(bring, tmp_path)


def test_history_of_another_system(bring: Bring, write: Write, admin: User, tmp_path: Path) -> None:
    acme = make_account(name="Acme Machining", external_id="A1")
    bring("contacts", write(test_history.TestContacts.FILE))
    bring("interactions", write(test_history.CALLS))
    bring("concerns", write(test_history.TestConcerns.FILE))
    bring("commitments", write(test_history.TestPromises.FILE))
    make_interaction(acme, admin, summary="noted on a page")
    again(bring, tmp_path)


def test_the_sample_company(bring: Bring, northwind: Path, tmp_path: Path) -> None:
    for kind, name in test_northwind.FILES.items():
        bring(kind, northwind / f"{name}.csv", None, "--as-of", "1998-01-30", "--currency", "USD")
    again(bring, tmp_path)


def test_the_page_gives_the_files(admin: User, client: Client, bring: Bring, write: Write) -> None:
    make_account(name="=Acme", external_id="A1")
    client.force_login(admin)
    bring("accounts", write("id,company\nA2,Borg\n"))
    page = client.get(reverse("imports:list")).content.decode()
    assert reverse("imports:give_back", args=["interactions"]) in page
    answer = client.get(reverse("imports:give_back", args=["accounts"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "A1,'=Acme," in text
    assert client.get(reverse("imports:give_back", args=["secrets"])).status_code == 404
