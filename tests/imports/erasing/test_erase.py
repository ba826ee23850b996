"""Erasing a person: nothing is left, what they counted for still counts, no restore brings them back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
import time_machine
from django.apps import apps
from django.conf import settings as project
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import AccountFile
from cadences.models import Guest
from contacts.models import Commitment, Concern, ConcernNote, Contact, Interaction
from core.models import JobRun
from core.rows import keep, put_back
from correspondence.models import Message, Piece, PieceFile, Suppression
from correspondence.suppression import suppressed
from imports import tasks
from imports.bin.kinds import KINDS
from imports.bin.services import put_in
from imports.duplicates.merging import merge_contacts
from imports.erasing import registry, services
from imports.models import BinRow, Erasure, ImportBatch, SavedMapping, TakeOut
from sales.models import Purchase
from surveys.models import ContactRequest
from tests import factories as make

JOBS = registry.Kept(JobRun, label="job", row="counts", key="period")
"""A table with a label, a key and JSON, as other parts have them."""

pytestmark = pytest.mark.django_db

SECRETS = ("Evangelina", "Lindqvistova", "eva@borg.example", "99887766", "leaking marriage")


@pytest.fixture
def admin(settings: Any) -> Any:
    make.make_company(currency="EUR")
    return make.make_user("admin")


@pytest.fixture
def eva(admin: Any) -> Contact:
    """Somebody of whom a lot is kept."""
    account = make.make_account(admin, name="Borg & Co")
    eva = make.make_contact(
        account, first_name="Evangelina", last_name="Lindqvistova", email="eva@borg.example",
        phone="99887766", phone_e164="+4799887766", about="leaking marriage", external_id="99887766",
    )  # fmt: skip
    talk = make.make_interaction(
        account, admin, contact=eva, summary="leaking marriage", sentiment=2, happened_on=date(2026, 11, 1)
    )
    talk.summary = "Evangelina told us: leaking marriage"
    talk.save()
    concern = make.make_concern(account, contact=eva, what="leaking marriage of Evangelina")
    ConcernNote.objects.create(concern=concern, user=admin, text="Evangelina again")
    make.make_promise(account, admin, date(2026, 12, 1), contact=eva, what="Call Evangelina")
    make.make_purchase(account, date(2026, 10, 1), "1200", buyer=eva)
    piece = make.make_piece(eva, admin, subject="Dear Evangelina", state="left", left_on=date(2026, 11, 2))
    PieceFile.objects.create(
        piece=piece, name="Evangelina.pdf", kind="application/pdf", size=3, file=ContentFile(b"PDF", "x")
    )
    make.make_piece(eva, admin, subject="A draft for Evangelina")
    Message.objects.create(
        kind="piece", topic="service", recipient="eva@borg.example", key="1", contact=eva,
        next_try_at=timezone.now(),
    )  # fmt: skip
    Suppression.objects.create(address="eva@borg.example", topic="marketing", reason="unsubscribe")
    batch = ImportBatch.objects.create(filename="x.csv", samples=[{"name": "Evangelina Lindqvistova"}])
    batch.refusals.create(row=2, reason="eva@borg.example is double", cells=["1", "eva@borg.example"])
    batch.refusals.create(
        row=3, reason="No such day", cells=["Evangelina", "Lindqvistova", "leaking marriage"]
    )
    ImportBatch.objects.create(
        filename="z.csv", notes=["“Evangelina Lindqvistova” is double"], error="No user: eva@borg.example",
        layout={"header": ["Phone"], "examples": [["99887766", "1"]]},
    )  # fmt: skip
    owners = {"people": {"EVANGELINA Lindqvistova": None, "Kari Holm": "K1"}}
    ImportBatch.objects.create(filename="o.csv", options=owners | {"sheet": "Evangelina Lindqvistova"})
    SavedMapping.objects.create(name="Ours", kind="accounts", columns={}, uses=[], options=owners)
    wish = {"name": "Evangelina Lindqvistova", "received_on": date(2026, 11, 3)}
    ContactRequest.objects.create(company="BORG & co", reach="evening", message="leaking marriage", **wish)
    ContactRequest.objects.create(
        company="Fjord", reach="+47 99 88 77 66", message="leaking marriage", **wish
    )
    eva.job_title = "Buyer of Evangelina's"
    eva.save()
    return eva


def dump() -> str:
    """Every row of every table as text."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            texts.append(f"{table}\n{cursor.fetchone()[0]}")
    return "\n".join(texts)


def erase(admin: Any, eva: Contact, *chosen: str) -> Erasure:
    return services.erase(admin, eva, Erasure.Why.ASKED, chosen)


def named(admin: Any, eva: Contact) -> list[str]:
    return [mention.key for mention in services.look(admin, eva).mentions]


class TestNothingIsLeft:
    def test_no_table_and_no_history_names_them(self, admin, eva):
        before = dump()
        assert all(secret in before for secret in SECRETS), "else this test shows nothing"
        erase(admin, eva, *named(admin, eva))
        after = dump()
        assert [secret for secret in SECRETS if secret in after] == []

    def test_choices_of_owners_lose_theirs_and_keep_the_others(self, admin, eva):
        batch = ImportBatch.objects.get(filename="o.csv")
        strangers = [
            {"name": name, "rows": 1, "several": False, "is_name": True}
            for name in ("Evangelina Lindqvistova", "Kari Holm")
        ]
        ImportBatch.objects.filter(pk=batch.pk).update(layout={"strangers": strangers})
        before = ImportBatch.objects.count() + SavedMapping.objects.count()
        done = erase(admin, eva).counts
        batch.refresh_from_db()
        assert batch.options == SavedMapping.objects.get().options == {"people": {"Kari Holm": "K1"}}
        assert [one["name"] for one in batch.layout["strangers"]] == ["Kari Holm"]
        assert done["Rows of files brought in"] == before + 2

    def test_neither_do_the_bin_merges_and_journals_of_imports(self, admin, eva):
        double = make.make_contact(
            eva.account, first_name="Evangelina", last_name="Lindqvistova-Borg", phone="99887766"
        )
        merge_contacts(admin, eva, double)
        for kind, record in (
            ("interaction", Interaction.objects.get(kind="call")),
            ("concern", Concern.objects.get()),
            ("promise", Commitment.objects.get()),
        ):
            put_in(admin, KINDS[kind], record, why="About Evangelina twice")
        batch = ImportBatch.objects.create(filename="y.csv", finished_at=timezone.now())
        batch.changed_rows.create(
            model="contacts.Contact", object_id=eva.pk, before={"phone": "99887766"}, after={"phone": "1"}
        )
        batch.kept_rows.create(
            model="contacts.Contact", object_id=eva.pk, name="Evangelina Lindqvistova", reason="worked with"
        )
        erase(admin, eva, *named(admin, eva))
        after = dump()
        assert [secret for secret in SECRETS if secret in after] == []
        assert BinRow.objects.filter(role="row").exists(), "what they counted for can still be restored"

    def test_what_they_counted_for_counts(self, admin, eva):
        erase(admin, eva)
        talk = Interaction.objects.get(kind="call")
        assert (talk.contact, talk.sentiment, talk.summary) == (eva, 2, "[erased]")
        assert Purchase.objects.get().buyer == eva
        assert Purchase.objects.get().amount == 1200
        assert Concern.objects.count() == Commitment.objects.count() == 1
        eva.refresh_from_db()
        assert eva.name == "Erased person"
        assert eva.left_on is not None, "nobody is called who must not be known"

    def test_what_waits_does_not_leave(self, admin, eva):
        erase(admin, eva)
        assert Message.objects.get().state == "cancelled"
        assert set(Piece.objects.values_list("state", flat=True)) == {"left", "cancelled"}
        assert not PieceFile.objects.exists()

    def test_the_history_of_others_goes_on(self, admin, eva):
        """Only what is blanked is kept out of the history, and only while it is."""
        erase(admin, eva)
        other = make.make_contact(eva.account, last_name="Before")
        other.last_name = "After"
        other.save()
        event = apps.get_model("contacts", "ContactEvent")
        assert event.objects.get(pgh_obj_id=other.pk).last_name == "Before"

    def test_archives_that_hold_them_go(self, admin, eva, django_capture_on_commit_callbacks):
        archive = TakeOut.objects.create(state="ready", finished_at=timezone.now())
        running = TakeOut.objects.create(asked_by=admin)
        archive.path.parent.mkdir(parents=True)
        archive.path.write_bytes(b"PK")
        with django_capture_on_commit_callbacks(execute=True):
            erase(admin, eva)
        assert not archive.path.exists()
        assert [one.state for one in TakeOut.objects.order_by("pk")] == ["gone", "failed"]
        assert "erased" in TakeOut.objects.get(pk=running.pk).error

    def test_stored_content_goes_with_the_commit(self, admin, eva, django_capture_on_commit_callbacks):
        account_file = make.make_file(eva.account, admin)
        AccountFile.objects.filter(pk=account_file.pk).update(about="Passport of Evangelina Lindqvistova")
        attached = PieceFile.objects.get().file
        with django_capture_on_commit_callbacks(execute=True):
            erase(admin, eva, f"accounts.AccountFile:{account_file.pk}")
        assert not attached.storage.exists(attached.name)
        assert not account_file.file.storage.exists(account_file.file.name)
        account_file.refresh_from_db()
        assert (account_file.name, account_file.about, account_file.removed_at is None) == (
            "[erased]", "[erased]", False,
        )  # fmt: skip


class TestWhereElse:
    def test_at_all_accounts_where_they_worked(self, admin, eva):
        later = make.make_contact(
            make.make_account(admin), first_name="Evangelina", last_name="Lindqvistova", formerly=eva
        )
        erase(admin, later)
        assert {eva.pk, later.pk} == set(Erasure.objects.get().contacts)
        assert not Contact.objects.filter(last_name="Lindqvistova").exists()

    def test_words_that_name_them_are_asked_for(self, admin, eva):
        other = make.make_contact(eva.account, first_name="Per", last_name="Vik")
        sure = make.make_interaction(eva.account, admin, contact=other, summary="Evangelina Lindqvistova ill")
        perhaps = make.make_interaction(eva.account, admin, contact=other, summary="Old Lindqvistova called")
        nobody = make.make_interaction(eva.account, admin, contact=other, summary="The Lindqvistovas")
        found = {one.key: one.sure for one in services.look(admin, eva).mentions}
        key = "contacts.Interaction:%s"
        assert found == {key % sure.pk: True, key % perhaps.pk: False}
        erase(admin, eva, key % sure.pk, key % nobody.pk)
        words = dict(Interaction.objects.filter(contact=other).values_list("pk", "summary"))
        assert words[sure.pk] == "[erased]"
        assert words[perhaps.pk] == "Old Lindqvistova called", "not ticked"
        assert words[nobody.pk] == "The Lindqvistovas", "not theirs to choose"

    def test_a_meeting_with_others_is_asked_for(self, admin, eva):
        meeting = make.make_appointment(eva.account, admin, timezone.now() + timedelta(days=3), eva)
        type(meeting).objects.filter(pk=meeting.pk).update(agenda="The leak")
        assert f"cadences.Appointment:{meeting.pk}" in named(admin, eva)
        erase(admin, eva)
        meeting.refresh_from_db()
        assert meeting.agenda == "The leak"
        assert not Guest.objects.filter(contact=eva, is_invited=True).exists()

    def test_an_opt_out_outlives_them(self, admin, eva):
        erase(admin, eva)
        assert suppressed(["Eva@Borg.example"], "marketing") == {"eva@borg.example"}
        assert not suppressed(["eva@borg.example"], "survey")
        assert "eva@" not in Suppression.objects.get().address

    def test_an_address_that_a_colleague_shares_stays_theirs(self, admin, eva):
        make.make_contact(eva.account, email="eva@borg.example")
        erase(admin, eva)
        assert Suppression.objects.get().address == "eva@borg.example"

    def test_a_colleagues_wish_from_the_same_switchboard_stays_theirs(self, admin, eva):
        make.make_contact(eva.account, first_name="Per", last_name="Vik", phone_e164="+4799887766")
        wish = {"company": "Borg & Co", "reach": "+47 99 88 77 66", "received_on": date(2026, 11, 3)}
        ContactRequest.objects.create(name="Per Vik", message="Ring me", **wish)
        erase(admin, eva)
        left = ContactRequest.objects.exclude(message="[erased]")
        assert [one.message for one in left] == ["Ring me"]

    def test_other_parts_blank_what_they_keep(self, admin, eva):
        seen: list[Any] = []
        registry.register("test", lambda person: seen.append(person) or 3)
        try:
            assert erase(admin, eva).counts["test"] == 3
        finally:
            registry._blankers.pop("test")
        assert seen[0].contacts == (eva.pk,)
        assert "eva@borg.example" in seen[0].reached


class TestRefusals:
    def test_admins_only(self, eva):
        with pytest.raises(PermissionDenied):
            erase(make.make_user("manager"), eva)

    def test_not_while_a_mail_is_being_handed_over(self, admin, eva):
        Message.objects.update(state="sending", lease_until=timezone.now())
        with pytest.raises(ValidationError, match="on its way"):
            erase(admin, eva)
        assert Contact.objects.get(pk=eva.pk).email == "eva@borg.example"

    def test_not_twice(self, admin, eva):
        erase(admin, eva)
        with pytest.raises(ValidationError, match="already"):
            erase(admin, eva)

    def test_nothing_is_erased_that_the_register_does_not_know(self, admin, eva, settings, tmp_path):
        settings.ERASURES_FILE = str(tmp_path)  # a folder: cannot be written
        with pytest.raises(ValidationError, match="register"):
            erase(admin, eva)
        assert Contact.objects.get(pk=eva.pk).email == "eva@borg.example"


class TestRestore:
    """A backup from before is brought back: rows as they were, and no row in the table of erasures."""

    def backed_up(self, eva: Contact) -> Any:
        talks = list(eva.interactions.values_list("pk", flat=True))
        return keep(Contact, [eva.pk]), keep(Interaction, talks)

    def restored(self, backup: Any) -> None:
        people, talks = backup
        with pgtrigger.ignore(), connection.cursor() as cursor:
            for table, rows in (("contacts_interaction", talks), ("contacts_contact", people)):
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [[row["id"] for row in rows]])
        put_back(Contact, people)
        put_back(Interaction, talks)
        Erasure.objects.all().delete()

    def test_they_are_erased_again(self, admin, eva):
        backup = self.backed_up(eva)
        before = erase(admin, eva)
        self.restored(backup)
        assert Contact.objects.get(pk=eva.pk).email == "eva@borg.example"
        call_command("replay_erasures")
        assert Contact.objects.get(pk=eva.pk).name == "Erased person"
        assert Interaction.objects.get(kind="call").summary == "[erased]"
        again = Erasure.objects.get()
        assert (again.pk, again.contacts, again.why) == (before.pk, [eva.pk], "asked")
        assert again.replayed_at is not None

    def test_a_replay_changes_nothing_where_nothing_came_back(self, admin, eva):
        erase(admin, eva)
        before = dump()
        call_command("replay_erasures")
        assert dump() == before

    def test_the_workers_do_it_though_nobody_thinks_of_it(self, admin, eva):
        """But leave what may be on its way: it is in the register before it is committed."""
        backup = self.backed_up(eva)
        erase(admin, eva)
        self.restored(backup)
        tasks.resume()
        assert Contact.objects.get(pk=eva.pk).email == "eva@borg.example"
        with time_machine.travel(timezone.now() + timedelta(minutes=2)):
            tasks.resume()
        assert Contact.objects.get(pk=eva.pk).name == "Erased person"

    def test_somebody_new_with_the_same_id_is_left_alone(self, admin, eva):
        """After an older backup the database gives the number away again."""
        erase(admin, eva)
        Erasure.objects.all().delete()
        Contact.objects.filter(pk=eva.pk).update(
            first_name="New", last_name="Person", created_at=timezone.now() + timedelta(days=1)
        )
        assert services.replay() == 0
        assert Contact.objects.get(pk=eva.pk).name == "New Person"

    def test_an_erasure_that_was_rolled_back_is_not_replayed(self, admin, eva, monkeypatch):
        def broken(entry: Any) -> None:
            services.register.append(entry)
            raise RuntimeError("the commit failed")

        monkeypatch.setattr(services, "_into_register", broken)
        with pytest.raises(RuntimeError):
            erase(admin, eva)
        assert services.replay() == 0
        assert Contact.objects.get(pk=eva.pk).email == "eva@borg.example"

    def test_a_line_that_a_crash_cut_off_spoils_no_other(self, admin, eva):
        path = Path(project.ERASURES_FILE)
        path.write_text('{"id": "cut o')
        erase(admin, eva)
        Erasure.objects.all().delete()
        assert services.replay() == 1

    def test_the_register_says_nothing_of_them(self, admin, eva):
        erase(admin, eva, *named(admin, eva))
        words = Path(project.ERASURES_FILE).read_text()
        assert str(eva.pk) in words
        assert not [secret for secret in SECRETS if secret in words]
        assert Path(project.ERASURES_FILE).stat().st_mode & 0o777 == 0o600


class TestKeptRows:
    """Deleted, merged or brought in by mistake: rows that another part keeps as JSON."""

    def test_a_kept_row_with_a_key_to_them_is_blanked(self, admin, eva):
        talk, other = eva.interactions.get(kind="call"), make.make_interaction(eva.account, summary="Else")
        for row in keep(Interaction, [talk.pk, other.pk]):
            JobRun.objects.create(job="contacts.Interaction", period=str(row["id"]), counts=row)
        (kept,) = keep(Contact, [eva.pk])
        JobRun.objects.create(job="contacts.contact", period=str(eva.pk), counts=kept)
        person = registry.Person(contacts=(eva.pk,))
        assert registry.blank_rows(JOBS, person) == 2
        rows = {run.period: run.counts for run in JobRun.objects.all()}
        assert rows[str(talk.pk)]["summary"] == "[erased]"
        assert rows[str(talk.pk)]["sentiment"] == 2
        assert rows[str(talk.pk)]["refused_reason"] == "", "where there was nothing, nothing is said"
        assert rows[str(other.pk)]["summary"] == "Else"
        names = ("last_name", "email", "external_id")
        assert [rows[str(eva.pk)][name] for name in names] == ["Erased person", "", None]

    def test_columns_that_changed_are_found_by_their_row(self, admin, eva):
        """An import keeps only what it changed."""
        talk = eva.interactions.get(kind="call")
        JobRun.objects.create(
            job="contacts.Interaction", period=str(talk.pk), counts={"summary": "Evangelina"}
        )
        JobRun.objects.create(
            job="contacts.Contact", period=str(eva.pk), counts={"email": "eva@borg.example"}
        )
        assert registry.blank_rows(JOBS, registry.Person(contacts=(eva.pk,))) == 2
        assert [run.counts for run in JobRun.objects.order_by("pk")] == [
            {"summary": "[erased]"},
            {"email": ""},
        ]

    def test_a_kept_row_that_was_chosen_is_blanked(self, admin, eva):
        other = make.make_interaction(eva.account, summary="Evangelina was ill")
        (row,) = keep(Interaction, [other.pk])
        JobRun.objects.create(job="contacts.interaction", period=str(other.pk), counts=row)
        person = registry.Person(contacts=(), rows={"contacts.Interaction": (other.pk,)})
        assert registry.blank_rows(JOBS, person) == 1
        assert JobRun.objects.get().counts["summary"] == "[erased]"
