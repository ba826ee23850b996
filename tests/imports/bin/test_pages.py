"""The pages of the recycle bin, and what a deleted record's own page says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.files import remove_file
from accounts.models import Account
from contacts.models import Contact
from core.models import JobRun
from imports.bin.kinds import KINDS
from imports.bin.services import put_in
from imports.models import BinUnit
from tests import factories as make
from tests.imports.bin.world import World
from users.models import User

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager(world: World) -> Client:
    return signed_in(world.manager)


def at(name: str, *args: object) -> str:
    return reverse(f"bin:{name}", args=args)


def undo_of(response: Any) -> str:
    tags = [message.extra_tags for message in response.context["messages"]]
    return next(tag for tag in tags if tag.startswith("undo:")).removeprefix("undo:")


def test_from_the_account_to_the_bin_and_back(world, manager):
    page = manager.get(at("put_in", "account", world.account.pk))
    assert b"2 contacts" in page.content
    assert b"1 purchase" in page.content
    refused = manager.post(at("put_in", "account", world.account.pk), {"why": ""})
    assert refused.status_code == 422
    done = manager.post(at("put_in", "account", world.account.pk), {"why": "A test"}, follow=True)
    assert b"Borg &amp; Co is in the recycle bin" in done.content
    back = manager.post(undo_of(done), follow=True)
    assert back.redirect_chain[-1][0] == reverse("accounts:detail", args=[world.account.pk])
    assert Contact.objects.filter(account=world.account).count() == 2


def test_a_deleted_record_says_where_it_is_to_who_may_restore_it(world, manager):
    concern = world.account.concerns.get()
    pages = [
        reverse("accounts:detail", args=[world.account.pk]),
        reverse("contacts:detail", args=[world.eva.pk]),
        reverse("contacts:concern", args=[concern.pk]),
    ]
    put_in(world.manager, KINDS["account"], world.account, "A test")
    stranger = signed_in(make.make_user("salesperson"))
    for page in pages:
        mine, theirs = manager.get(page), stranger.get(page)
        assert (mine.status_code, theirs.status_code) == (404, 404)
        assert b"In the recycle bin" in mine.content
        assert b"There is no such page" in theirs.content
    assert b"There is no such page" in manager.get(reverse("accounts:detail", args=[10**12])).content
    assert Client().get(pages[0]).status_code == 302


def test_what_stands_in_the_way_is_said_on_its_page_with_the_cure(world, manager):
    unit = put_in(world.manager, KINDS["account"], world.account, "A test")
    make.make_account(world.owner, name="Borg again", external_id="K-100")
    page = manager.post(at("restore", unit.pk), follow=True)
    assert "K-100 belongs to Borg again" in page.content.decode()
    assert b"Restore without the number" in page.content
    manager.post(at("restore", unit.pk), {"without_number": "1"})
    assert Account.objects.filter(pk=world.account.pk).exists()


def test_a_meeting_in_the_way_leads_to_the_meeting(world, manager):
    starts = timezone.now() + timedelta(days=2)
    meeting = make.make_appointment(world.account, world.owner, starts, world.eva)
    page = manager.get(at("put_in", "account", world.account.pk))
    assert reverse("meetings:detail", args=[meeting.pk]) in page.content.decode()
    assert b"Put into the recycle bin" not in page.content


def test_an_owner_who_is_gone_by_now_is_said(world, manager):
    unit = put_in(world.manager, KINDS["account"], world.account, "A test")
    User.objects.filter(pk=world.owner.pk).update(is_active=False)
    assert b"has been deactivated" in manager.get(at("unit", unit.pk)).content


def test_the_bin_is_searched_by_name_account_and_reason(world, manager):
    put_in(world.manager, KINDS["contact"], world.per, "Entered twice")
    for words, found in (("per", False), ("Lind", True), ("borg", True), ("twice", True), ("nobody", False)):
        page = manager.get(at("list"), {"q": words})
        assert (b"Restore" in page.content and b"Nothing matches" not in page.content) is found


def test_an_admin_reads_that_it_could_not_be_emptied(world, manager):
    JobRun.objects.create(job="bin", period="2026-11-22", state="failed", error="OSError: no room")
    assert b"no room" in signed_in(make.make_user("admin")).get(at("list")).content
    assert b"no room" not in manager.get(at("list")).content


def test_a_removed_file_goes_back_to_its_account(world, manager):
    file = world.account.files.get()
    remove_file(world.owner, file)
    stranger = signed_in(make.make_user("salesperson"))
    assert b"quote.pdf" not in stranger.get(at("files")).content
    assert b"quote.pdf" in manager.get(at("files")).content
    manager.post(reverse("accounts:file_restore", args=[file.pk]))
    assert b"No removed files" in manager.get(at("files")).content
    assert world.account.files.kept().get() == file


def units(world: World, count: int) -> None:
    BinUnit.objects.bulk_create(
        BinUnit(
            kind="contact", object_id=10**9 + n, name=f"Person {n}", account_id=world.account.pk,
            account_name="Borg & Co", owner=world.owner, deleted_by=world.manager, deleted_at=timezone.now(),
        )
        for n in range(count)
    )  # fmt: skip


def test_the_list_costs_the_same_with_few_and_with_many(world, manager):
    costs = []
    for count in (2, 18):
        units(world, count)
        with CaptureQueriesContext(connection) as seen:
            manager.get(at("list"))
        costs.append(len(seen))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("kind", ["user", "tier"])
def test_nothing_else_can_be_deleted(world, manager, kind):
    assert manager.get(at("put_in", kind, world.owner.pk)).status_code == 404
