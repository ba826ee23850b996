"""Somebody who lies in the recycle bin is erased there: nobody restores them for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from cadences.models import Appointment
from contacts.models import Concern, Contact, Interaction
from correspondence.models import Message, PrintBatch
from imports.bin.kinds import KINDS
from imports.bin.services import put_in, restore
from imports.erasing import in_bin, register, services
from imports.models import BinRow, BinUnit, Erasure, ImportBatch
from surveys.models import ContactRequest
from tests import factories as make
from tests.imports.bin.world import World, build
from tests.imports.erasing.test_erase import dump

pytestmark = pytest.mark.django_db
SECRETS = ("evangelina", "eva@borg.example", "eva@home.example", "leaking marriage")


@pytest.fixture
def world(folders: None) -> World:
    found = build()
    Contact.objects.filter(pk=found.eva.pk).update(first_name="Evangelina", last_name="Lindqvistova")
    found.eva.refresh_from_db()
    Interaction.objects.filter(pk=found.talk.pk).update(summary="leaking marriage")
    found.account.concerns.update(what="leaking marriage of hers")
    known_elsewhere(found)
    named_beside_others(found)
    return found


def known_elsewhere(world: World) -> None:
    """Rows that only her name, address or company lead to."""
    Account.objects.filter(pk=world.account.pk).update(email="Eva@borg.example")
    Message.objects.create(
        kind="piece", topic="service", recipient="eva@home.example", key="2", contact=world.eva,
        state="sent", sent_at=timezone.now(), next_try_at=timezone.now(),
    )  # fmt: skip
    batch = ImportBatch.objects.create(filename="x.csv")
    batch.refusals.create(row=3, reason="No such day", cells=["Evangelina", "Lindqvistova", "hers"])
    ContactRequest.objects.create(
        name="Evangelina Lindqvistova", company="BORG & co", reach="evening", message="leaking marriage",
        received_on=date(2026, 11, 3),
    )  # fmt: skip
    PrintBatch.objects.get().file.save("letters.pdf", ContentFile(b"Dear Evangelina"))


def named_beside_others(world: World) -> None:
    """Rows about others as well: an admin decides."""
    account, words = world.account, "leaking marriage"
    talk = make.make_interaction(account, world.owner, contact=world.per, summary=words)
    talk.others.add(world.eva)
    Concern.objects.update(confirmed_with=world.eva, resolution=words)
    Appointment.objects.filter(guests__contact=world.eva).update(agenda=words)
    make.make_interaction(account, world.owner, contact=world.per, summary="Evangelina is ill")


@pytest.fixture
def admin(world: World) -> Any:
    return make.make_user("admin")


def erase(admin: Any, pk: int) -> Erasure:
    (kept,) = in_bin.contacts([pk])
    chosen = [mention.key for mention in services.look(admin, kept).mentions]
    return services.erase(admin, kept, Erasure.Why.ASKED, chosen)


@pytest.mark.parametrize("slug", ["contact", "account"])
def test_nothing_is_left_of_them_and_what_they_counted_for_comes_back(
    world, admin, slug, django_capture_on_commit_callbacks
):
    printed = PrintBatch.objects.get().file
    record = Contact.objects.get(pk=world.eva.pk) if slug == "contact" else world.account
    unit = put_in(world.manager, KINDS[slug], record, "A test")
    before = dump().lower()
    assert all(secret in before for secret in SECRETS), "else this test shows nothing"
    with django_capture_on_commit_callbacks(execute=True):
        erase(admin, world.eva.pk)
    after = dump().lower()
    assert [secret for secret in SECRETS if secret in after] == []
    assert not printed.storage.exists(printed.name), "her letter is in it"
    assert BinUnit.objects.filter(pk=unit.pk).exists(), "they stay where they are"
    restore(world.manager, unit)
    back = Contact.objects.get(pk=world.eva.pk)
    assert (back.last_name, back.left_on) == ("Erased person", date(2026, 11, 26))
    assert not back.left_lately, "nobody is offered to take it back"
    assert set(back.pieces.values_list("state", flat=True)) == {"left", "cancelled"}
    assert Account.objects.get(pk=world.account.pk).email == ""
    assert Interaction.objects.get(pk=world.talk.pk).summary == "[erased]"


def test_what_the_bin_holds_of_somebody_who_is_there(world, admin, django_capture_on_commit_callbacks):
    """They work elsewhere by now: their address of before leads to them, and their name."""
    put_in(world.manager, KINDS["contact"], Contact.objects.get(pk=world.eva.pk))
    batch = ImportBatch.objects.create(filename="y.csv")
    batch.refusals.create(row=2, reason="No such day", cells=["1", "eva@borg.example"])
    now = Contact.objects.get(account__name="Fjord")
    chosen = [mention.key for mention in services.look(admin, now).mentions]
    erasure = services.erase(admin, now, Erasure.Why.ASKED, chosen)
    assert erasure.contacts == sorted([world.eva.pk, now.pk])
    after = dump().lower()
    assert [secret for secret in SECRETS if secret in after] == []


def test_a_file_of_an_account_in_the_bin_goes_when_it_is_ticked(
    world, admin, django_capture_on_commit_callbacks
):
    file = world.account.files.get()
    type(file).objects.filter(pk=file.pk).update(about="Passport of Evangelina Lindqvistova")
    unit = put_in(world.manager, KINDS["account"], world.account, "A test")
    with django_capture_on_commit_callbacks(execute=True):
        erase(admin, world.eva.pk)
    assert not file.file.storage.exists(file.file.name)
    restore(world.manager, unit)
    file.refresh_from_db()
    assert (file.file.name, file.about, file.removed_at is None) == ("", "[erased]", False)


def test_on_the_page_of_the_unit_for_admins(world, admin, client: Client):
    unit = put_in(world.manager, KINDS["contact"], Contact.objects.get(pk=world.eva.pk))
    page = reverse("erasing:person_in_bin", args=[world.eva.pk])
    client.force_login(world.manager)
    assert page not in client.get(reverse("bin:unit", args=[unit.pk])).content.decode()
    assert client.get(page).status_code == 403
    client.force_login(admin)
    assert page in client.get(reverse("bin:unit", args=[unit.pk])).content.decode()
    shown = client.get(page).content.decode()
    assert "Evangelina Lindqvistova" in shown
    assert "Borg &amp; Co" in shown
    assert client.post(page, {"why": "asked", "sure": "on"}).status_code == 302
    assert world.eva.pk in Erasure.objects.get().contacts
    assert "Evangelina" not in client.get(reverse("bin:unit", args=[unit.pk])).content.decode()
    assert "erased already" in client.get(page).content.decode()
    assert client.get(reverse("erasing:person_in_bin", args=[world.per.pk])).status_code == 404


def test_a_restored_backup_has_them_erased_in_the_bin_again(world, admin):
    put_in(world.manager, KINDS["account"], Account.objects.get(pk=world.account.pk), "A test")
    with transaction.atomic():
        erase(admin, world.eva.pk)
        transaction.set_rollback(True)  # the register outlives the database
    assert "Evangelina" in str(list(BinRow.objects.values_list("data", flat=True)))
    assert len(list(register.entries())) == 1
    assert services.replay() == 1
    assert "Evangelina" not in str(list(BinRow.objects.values_list("data", flat=True)))
    assert services.replay() == 0


def test_who_was_restored_in_this_moment_is_looked_at_again(world, admin):
    unit = put_in(world.manager, KINDS["contact"], Contact.objects.get(pk=world.eva.pk))
    (kept,) = in_bin.contacts([world.eva.pk])
    BinUnit.objects.filter(pk=unit.pk).delete()
    with pytest.raises(ValidationError, match="in this moment"):
        services.erase(admin, kept, Erasure.Why.ASKED, ())
    with pytest.raises(PermissionDenied):
        services.erase(world.manager, kept, Erasure.Why.ASKED, ())
