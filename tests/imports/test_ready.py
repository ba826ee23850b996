"""Exports of other systems come in without anybody choosing a column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from contacts.models import Commitment, Concern, Contact, Interaction
from imports import fields, ready
from imports.models import ImportBatch
from tests.factories import make_user
from users.models import User

Bring = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

HUBSPOT = {
    "accounts": "Record ID,Company name,Company owner,Phone Number,City,Country/Region,Industry,Create Date\n"
    "9001,Acme Machining,Kari Holm,+47 22 12 34 56,Oslo,Norway,Machinery,2020-01-02 10:11\n",
    "contacts": "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Associated Company,"
    "Associated Company IDs\n51,Eva,Lind,eva@acme.example,,Kari Holm,Acme Machining,9001\n",
    "interactions": "Record ID,Call Title,Call notes,Activity date,Activity assigned to,Call outcome,"
    "Call direction,Associated Contact IDs,Associated Company IDs\n"
    "77,Pump,<p>It leaks</p>,2024-03-05 14:30,Kari Holm,Left voicemail,OUTBOUND,51;52,9001\n",
    "concerns": "Ticket ID,Ticket name,Ticket description,Priority,Ticket status,Create date,Close date,"
    "Ticket owner,Associated Company IDs\n"
    "3,Seal leaks,since May,URGENT,Waiting on us,2024-03-05 14:30,,Kari Holm,9001\n",
}
SALESFORCE = {
    "accounts": '"Id","Name","BillingStreet","BillingCity","BillingCountry","Phone","OwnerId","Description"\n'
    '"0015g00000XyZ12AAB","Acme Machining","Storgata 1","Oslo","Norway","+47 22 12 34 56","0055g0","x"\n',
    "contacts": '"Id","AccountId","LastName","FirstName","Title","Email","Phone","MobilePhone","OwnerId"\n'
    '"0035g1","0015g00000XyZ12AAB","Lind","Eva","Buyer","eva@acme.example","","","0055g0"\n',
    "interactions": '"Id","WhoId","WhatId","AccountId","Subject","ActivityDate","Status","OwnerId",'
    '"Description","TaskSubtype","CallType"\n'
    '"00T1","0035g1","000000000000000AAA","0015g00000XyZ12AAB","Call","2024-03-05T00:00:00.000Z","Completed",'
    '"0055g0","leaks","Call","Outbound"\n'
    '"00T2","000000000000000AAA","","0015g00000XyZ12AAB","Offer","2024-03-06","Completed","0055g0","","ListEmail",""\n',
    "concerns": '"Id","CaseNumber","AccountId","ContactId","Subject","Description","Status","Priority",'
    '"CreatedDate","ClosedDate","OwnerId"\n'
    '"5001","00001026","0015g00000XyZ12AAB","0035g1","Seal leaks","","Working","High",'
    '"2024-03-05T09:00:00.000Z","","0055g0"\n',
}
ESPO = {
    "accounts": "id,name,website,emailAddress,phoneNumber,industry,billingAddressStreet,billingAddressCity,"
    "billingAddressCountry\n64a1,Acme Machining,acme.example,post@acme.example,+47 22 12 34 56,Machinery,"
    "Storgata 1,Oslo,Norway\n",
    "contacts": "id,salutationName,firstName,lastName,accountId,accountName,emailAddress,phoneNumber\n"
    "64b2,Ms.,Eva,Lind,64a1,Acme Machining,eva@acme.example,\n",
    "interactions": "id,name,status,dateStart,dateEnd,direction,description,accountId,assignedUserName\n"
    "64c3,Pump,Held,2024-03-05 14:30:00,2024-03-05 15:00:00,Outbound,leaks,64a1,Kari Holm\n",
    "concerns": "id,number,name,status,priority,type,accountId,description,createdAt\n"
    "64d4,12,Seal leaks,New,Urgent,Incident,64a1,since May,2024-03-05 14:30:00\n",
}
ODOO = {
    "accounts": "id,name,is_company,street,city,country_id,phone,email\n"
    "__export__.res_partner_7_ab12,Acme Machining,True,Storgata 1,Oslo,Norway,+47 22 12 34 56,\n",
    "contacts": "External ID,Name,Related Company/External ID,Email,Phone,Job Position\n"
    "__export__.res_partner_8_cd34,Eva Lind,__export__.res_partner_7_ab12,eva@acme.example,,Buyer\n",
    "interactions": "External ID,Date,Author,Contents,Message Record Name,Mail Activity Type\n"
    "m.1,2024-03-05 14:30:00,Kari Holm,<p>It leaks</p>,Acme Machining,Call\n",
    "commitments": "External ID,Activity Type,Summary,Due Date,Assigned to,Document Name\n"
    "a.1,Email,Send the quote,2024-03-05,Kari Holm,Acme Machining\n",
}
SYSTEMS = {"HubSpot": HUBSPOT, "Salesforce": SALESFORCE, "EspoCRM": ESPO, "Odoo": ODOO}


@pytest.mark.parametrize("system", list(SYSTEMS))
def test_a_whole_move_from_another_system(bring: Bring, write: Write, admin: User, system: str) -> None:
    for kind, text in SYSTEMS[system].items():
        report = bring(kind, write(text))
        assert (report["exit"], report["refused"]) == (0, []), (kind, report)
        assert bring(kind, write(text))["counts"]["new"] == 0
        assert bring(kind, write(text))["counts"]["unchanged"] == text.count("\n") - 1
    acme = Account.objects.get()
    assert (acme.name, acme.country.code, acme.phone_e164) == ("Acme Machining", "NO", "+4722123456")
    eva = Contact.objects.get()
    assert (eva.account, eva.name, eva.email) == (acme, "Eva Lind", "eva@acme.example")
    talk = Interaction.objects.earliest("happened_on")
    assert (talk.account, talk.kind, talk.happened_on.isoformat()) == (acme, "call", "2024-03-05")
    assert "leaks" in talk.summary
    assert "<p>" not in talk.summary
    assert all(concern.is_open and concern.severity == 3 for concern in Concern.objects.all())
    assert Concern.objects.count() + Commitment.objects.count() == 1


def test_what_went_to_many_at_once_reached_nobody(bring: Bring, write: Write, admin: User) -> None:
    for kind in ("accounts", "contacts", "interactions"):
        bring(kind, write(SALESFORCE[kind]))
    found = Interaction.objects.order_by("external_id").values_list("kind", "reached")
    assert list(found) == [("call", True), ("email", False)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("system", list(SYSTEMS))
def test_the_page_recognises_kind_and_columns(
    admin: User, client: Client, tmp_path: Path, settings: Any, system: str
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    client.force_login(admin)
    for kind, text in SYSTEMS[system].items():
        answer = client.post(reverse("imports:upload"), {"file": SimpleUploadedFile("x.csv", text.encode())})
        assert answer.status_code == 302
        batch = ImportBatch.objects.latest("id")
        assert batch.kind == kind
        assert f"export of {system}" in batch.notes[0]
        page = client.get(answer.headers["Location"])
        assert f"export of {system}" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_whose_a_contact_is_becomes_no_owner_and_the_page_says_so(
    admin: User, client: Client, tmp_path: Path, settings: Any
) -> None:
    """In a file of contacts, and in one of accounts with their contacts that no export is known by."""
    settings.MEDIA_ROOT = str(tmp_path)
    client.force_login(admin)
    files = {
        "contacts": (HUBSPOT["contacts"], "a contact has no owner of its own"),
        "accounts": (
            "Customer no,Company name,First name,Contact owner,Country\n7,Acme,Eva,Kari Holm,Norway\n",
            "the account may be somebody else",
        ),
    }
    for kind, (text, words) in files.items():
        sent = {"file": SimpleUploadedFile("x.csv", text.encode()), "kind": kind}
        answer = client.post(reverse("imports:upload"), sent)
        batch = ImportBatch.objects.latest("id")
        page = client.get(answer.headers["Location"]).content.decode()
        assert "“Contact owner” is not taken" in page
        assert words in page
        assert "Contact owner" not in batch.mapping.values()


def test_whose_a_contact_is_gives_no_company_to_a_wrong_owner(
    bring: Bring, write: Write, admin: User
) -> None:
    """Two contacts of one company with different people of ours: neither is taken for its owner."""
    make_user(display_name="Kari Holm")
    make_user(display_name="Ola Berg")
    both = "Record ID,Company name,Company owner,Contact owner\n9001,Acme Machining,Kari Holm,Ola Berg\n"
    none = "Record ID,Company name,Lifecycle Stage,Contact owner\n9002,Borg,Customer,Ola Berg\n"
    for text in (both, none):
        assert bring("accounts", write(text))["exit"] == 0
    owners = dict(Account.objects.values_list("name", "owner__display_name"))
    assert owners == {"Acme Machining": "Kari Holm", "Borg": None}


def test_every_known_export_becomes_fields_that_there_are() -> None:
    for known in ready.KNOWN:
        assert set(known.becomes) <= set(fields.of(known.kind)), known
        needed = {key for key, field in fields.of(known.kind).items() if field.required}
        assert needed <= set(known.becomes), known


def test_a_file_of_ones_own_is_no_export_of_theirs() -> None:
    assert ready.find(["customer_id", "company_name", "country"]) is None
    assert ready.find(["id", "name"]) is None
