"""Somebody who lies in the recycle bin is erased there: nobody restores them for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from contacts.models import Contact, Interaction
from imports.bin.kinds import KINDS
from imports.bin.services import put_in, restore
from imports.erasing import in_bin, register, services
from imports.models import BinRow, BinUnit, Erasure
from tests.imports.bin.world import World, build
from tests.imports.erasing.test_erase import dump

pytestmark = pytest.mark.django_db
SECRETS = ("evangelina", "eva@borg.example", "leaking marriage")


@pytest.fixture
def world(folders: None) -> World:
    found = build()
    Contact.objects.filter(pk=found.eva.pk).update(first_name="Evangelina", last_name="Lindqvistova")
    found.eva.refresh_from_db()
    Interaction.objects.filter(pk=found.talk.pk).update(summary="leaking marriage")
    found.account.concerns.update(what="leaking marriage of hers")
    return found


@pytest.fixture
def admin(world: World) -> Any:
    from tests import factories as make

    return make.make_user("admin")


def erase(admin: Any, pk: int) -> Erasure:
    (kept,) = in_bin.contacts([pk])
    chosen = [mention.key for mention in services.look(admin, kept).mentions]
    return services.erase(admin, kept, Erasure.Why.ASKED, chosen)


@pytest.mark.parametrize("slug", ["contact", "account"])
def test_nothing_is_left_of_them_and_what_they_counted_for_comes_back(world, admin, slug):
    record = Contact.objects.get(pk=world.eva.pk) if slug == "contact" else world.account
    unit = put_in(world.manager, KINDS[slug], record, "A test")
    before = dump().lower()
    assert all(secret in before for secret in SECRETS), "else this test shows nothing"
    erase(admin, world.eva.pk)
    after = dump().lower()
    assert [secret for secret in SECRETS if secret in after] == []
    assert BinUnit.objects.filter(pk=unit.pk).exists(), "they stay where they are"
    restore(world.manager, unit)
    assert Contact.objects.get(pk=world.eva.pk).last_name == "Erased person"
    assert Interaction.objects.get(pk=world.talk.pk).summary == "[erased]"


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
