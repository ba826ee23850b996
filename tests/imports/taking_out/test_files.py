"""What is kept of one person, and one account's dossier: complete, readable, for those who may."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from correspondence.models import Message, PieceFile, Suppression
from imports.models import ImportBatch
from imports.taking_out import dossier, person
from surveys.models import Asked, ContactRequest
from tests import factories as make
from tests.surveys import factories as survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Any:
    make.make_company(name="Hollerbeck", currency="EUR")
    return make.make_user("admin")


@pytest.fixture
def eva(admin: Any) -> Any:
    account = make.make_account(admin, name="Borg #set & *Co*")
    eva = make.make_contact(
        account, first_name="Eva", last_name="Lind", email="eva@borg.example", decision_roles=["decides"]
    )
    make.make_interaction(account, admin, contact=eva, summary="She likes «fish» $x^2$", sentiment=4)
    make.make_concern(account, contact=eva, what="Pump seal leaks")
    make.make_promise(account, admin, date(2026, 12, 1), contact=eva, what="A quote for Eva")
    make.make_purchase(account, date(2026, 10, 1), "1234.5", buyer=eva, about="Pumps")
    make.make_piece(eva, admin, subject="Thanks, Eva", state="left", left_on=date(2026, 11, 2))
    make.make_contact(account, first_name="Per", last_name="Vik")
    Suppression.objects.create(address="eva@borg.example", topic="marketing", reason="unsubscribe")
    return eva


def text_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_person_reads_all_that_is_kept(admin, eva, client: Client):
    client.force_login(admin)
    answer = client.get(reverse("taking_out:person", args=[eva.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    words = text_of(answer.getvalue())
    for said in (
        "What is kept of Eva Lind", "Hollerbeck", "eva@borg.example", "Decides", "She likes «fish» $x^2$",
        "Pump seal leaks", "A quote for Eva", "1,234.50", "Thanks, Eva", "unsubscribed", "Borg #set & *Co*",
    ):  # fmt: skip
        assert said in words
    assert "Vik" not in words, "others are not theirs to read"


def test_the_same_for_programs(admin, eva, client: Client):
    client.force_login(admin)
    answer = client.get(reverse("taking_out:person", args=[eva.pk]), {"format": "json"})
    kept = json.loads(answer.getvalue())["kept"]
    assert kept["contacts.contact"][0]["email"] == "eva@borg.example"
    assert kept["contacts.interaction"][0]["sentiment"] == 4
    assert kept["sales.purchase"][0]["amount"] == "1234.5000"
    assert kept["correspondence.suppression"][0]["topic"] == "marketing"


def test_the_account_on_paper(admin, eva, client: Client):
    client.force_login(make.make_user("reader"))
    answer = client.get(reverse("taking_out:dossier", args=[eva.account_id]))
    assert 'filename="borg-set-co.pdf"' in answer["Content-Disposition"]
    words = text_of(answer.getvalue())
    for said in ("Borg #set & *Co*", "Eva Lind", "Per Vik", "Pump seal leaks", "All together: 1,234.50 EUR"):
        assert said in words


def test_an_empty_account_has_a_dossier_too(admin):
    account = make.make_account(admin)
    assert all(section.rows == [] for section in dossier.report(admin, account).sections[1:])


def test_a_long_story_is_cut_and_says_so(admin, monkeypatch):
    monkeypatch.setattr(dossier, "MOST", 1)
    account = make.make_account(admin)
    for day in (1, 2):
        make.make_interaction(account, happened_on=date(2026, 11, day), summary=f"on {day}")
    talks = next(one for one in dossier.report(admin, account).sections if one.title.startswith("Talks"))
    assert len(talks.rows) == 1
    assert "Only the latest 1" in talks.note


@pytest.mark.parametrize("report", ["dossier", "person"])
def test_costs_the_same_for_little_and_for_much(admin, report):
    def cost(rows: int) -> int:
        account = make.make_account(admin)
        eva = make.make_contact(account)
        for _ in range(rows):
            make.make_interaction(account, make.make_user(), contact=eva)
            make.make_promise(account, make.make_user(), date(2026, 12, 1), contact=eva)
            make.make_purchase(account, date(2026, 10, 1), buyer=eva)
            make.make_touchpoint(account, make.make_user(), date(2026, 12, 1), contact=eva)
            make.make_piece(eva, admin, state="left", left_on=date(2026, 11, 2))
        with CaptureQueriesContext(connection) as queries:
            dossier.report(admin, account) if report == "dossier" else person.report(admin, eva)
        return len(queries)

    assert cost(2) == cost(20)


def test_drafts_of_others_and_surveys_stay_where_they_are(admin, eva, client: Client):
    writer = make.make_user(display_name="Ole Berg")
    elsewhere = make.make_contact(make.make_account(writer), formerly=eva, last_name="Lind")
    draft = make.make_piece(elsewhere, writer, subject="Only a draft of Ole's")
    for piece, name in ((draft, "Ole's offer.pdf"), (eva.pieces.get(), "Our offer.pdf")):
        file = ContentFile(b"PDF", "x")
        PieceFile.objects.create(piece=piece, name=name, kind="application/pdf", size=3, file=file)
    programme = survey.make_programme()
    Asked.objects.create(programme=programme, contact=eva, sent_on=date(2026, 11, 2))
    manager = make.make_team(manager=make.make_user("manager")).manager
    eva.account.owner = make.make_user(team=manager.managed_teams.get())
    eva.account.save()
    client.force_login(manager)
    answer = client.get(reverse("taking_out:person", args=[eva.pk]), {"format": "json"})
    kept = json.loads(answer.getvalue())["kept"]
    assert {row["id"] for row in kept["contacts.contact"]} == {eva.pk, elsewhere.pk}
    assert [row["subject"] for row in kept["correspondence.piece"]] == ["Thanks, Eva"]
    assert [row["name"] for row in kept["correspondence.piecefile"]] == ["Our offer.pdf"]
    assert "surveys.asked" not in kept


def test_mails_of_surveys_are_for_nobody(admin, eva, client: Client):
    """They tell who was asked, and when."""
    for topic in ("service", "survey"):
        Message.objects.create(
            kind="piece", topic=topic, recipient="eva@borg.example", key=topic, contact=eva, state="sent",
            sent_at=timezone.now(), next_try_at=timezone.now(),
        )  # fmt: skip
    client.force_login(admin)
    page = reverse("taking_out:person", args=[eva.pk])
    kept = json.loads(client.get(page, {"format": "json"}).getvalue())["kept"]
    assert [row["topic"] for row in kept["correspondence.message"]] == ["service"]
    assert "survey" not in text_of(client.get(page).getvalue()).lower()


def kept_away(admin: Any) -> None:
    """What stands of Eva and of another one of her name in files and wishes to be called."""
    batch = ImportBatch.objects.create(
        filename="fair.csv", kind="contacts",
        layout={"header": ["First", "Last", "Company", "Note"]},
        samples=[{"row": 9, "key": "P-9", "status": "new",
                  "changes": [{"field": "E-mail", "before": "", "after": "eva@borg.example"}]}],
    )  # fmt: skip
    batch.refusals.create(
        row=4, column="Note", reason="No such day", cells=["Eva", "Lind", "Borg #set & *Co*", "likes tea"]
    )
    batch.refusals.create(row=5, reason="No such day", cells=["Eva", "Lind", "Fjord AS", "likes coffee"])
    wish = {"company": "Borg", "received_on": date(2026, 11, 3)}
    ContactRequest.objects.create(name="E. Lind", reach="EVA@borg.example", message="Ring me", **wish)
    ContactRequest.objects.create(name="Per Vik", reach="per@borg.example", message="Not hers", **wish)


def test_rows_of_files_and_wishes_to_be_called_are_told(admin, eva, client: Client):
    kept_away(admin)
    manager = make.make_team(manager=make.make_user("manager")).manager
    eva.account.owner = make.make_user(team=manager.managed_teams.get())
    eva.account.save()
    client.force_login(manager)
    page = reverse("taking_out:person", args=[eva.pk])
    words = text_of(client.get(page).getvalue())
    for told in ("Ring me", "fair.csv", "likes tea", "No such day", "P-9"):
        assert told in words
    for others in ("coffee", "Not hers"):
        assert others not in words
    kept = json.loads(client.get(page, {"format": "json"}).getvalue())["kept"]
    assert [row["message"] for row in kept["surveys.contactrequest"]] == ["Ring me"]
    assert [row["cells"]["Note"] for row in kept["imports.refusal"]] == ["likes tea"]
    assert kept["imports.sample"][0]["key"] == "P-9"


def test_who_may_not_read_wishes_hears_that_there_are_some(admin, eva, client: Client):
    kept_away(admin)
    client.force_login(admin)
    page = reverse("taking_out:person", args=[eva.pk])
    words = text_of(client.get(page).getvalue())
    assert "let a manager take out this file" in words
    assert "Ring me" not in words
    assert json.loads(client.get(page, {"format": "json"}).getvalue())["kept"]["surveys.contactrequest"] == []


def test_a_switchboard_and_a_shared_address_lead_to_nobody_elses_rows(admin, eva, client: Client):
    per = eva.account.contacts.get(last_name="Vik")
    for row, number in ((eva, "22 33 44 55"), (per, "+47 22334455")):
        row.email, row.phone, row.phone_e164 = "info@borg.example", number, "+4722334455"
        row.save()
    batch = ImportBatch.objects.create(
        filename="fair.csv", layout={"header": ["Name", "Phone", "Note"]},
        samples=[{"row": 7, "key": "info@borg.example", "changes": [{"field": "Name", "after": "Per Vik"}]},
                 {"row": 8, "key": "info@borg.example", "changes": [{"field": "Name", "after": "Eva Lind"}]}],
    )  # fmt: skip
    wish = {"company": "Elsewhere", "received_on": date(2026, 11, 3)}
    for row, name in enumerate(("Per Vik", "Eva Lind"), 2):
        batch.refusals.create(row=row, reason="No such day", cells=[name, "22 33 44 55", f"tea of {name}"])
        ContactRequest.objects.create(name=name, reach="+47 22 33 44 55", message=f"Ring {name}", **wish)
    manager = make.make_team(manager=make.make_user("manager")).manager
    eva.account.owner = make.make_user(team=manager.managed_teams.get())
    eva.account.save()
    client.force_login(manager)
    answer = client.get(reverse("taking_out:person", args=[eva.pk]), {"format": "json"})
    kept = json.loads(answer.getvalue())["kept"]
    assert [row["message"] for row in kept["surveys.contactrequest"]] == ["Ring Eva Lind"]
    assert [row["cells"]["Note"] for row in kept["imports.refusal"]] == ["tea of Eva Lind"]
    assert [row["row"] for row in kept["imports.sample"]] == [8]
