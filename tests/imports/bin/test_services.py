"""Deleting and restoring through the verbs: who may, what stands in the way, what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import stored_files
from accounts.models import Account, AccountFile
from accounts.services import edit_account
from cadences.models import BulkChange, Figures, Touchpoint
from contacts.models import Concern, Contact
from correspondence.models import Mailing, Message, PieceFile, Recipient
from imports.bin import emptying, erasing
from imports.bin.kinds import KINDS
from imports.bin.services import GoneError, put_in, restore
from imports.erasing import services
from imports.models import BinRow, BinUnit, Erasure
from surveys.models import Asked, Invitation, Programme
from tests import factories as make
from tests.imports.bin.world import TODAY, World, noon
from tests.surveys import factories as survey
from users.models import User

pytestmark = pytest.mark.django_db
ACCOUNT = KINDS["account"]


def deleted(world: World, slug: str, record: Any, user: User | None = None) -> BinUnit:
    return put_in(user or world.manager, KINDS[slug], record, "A test")


def test_an_account_goes_by_a_manager_or_an_admin_the_rest_by_whoever_may_edit(world):
    with pytest.raises(PermissionDenied):
        deleted(world, "account", world.account, world.owner)
    stranger = make.make_user("salesperson")
    with pytest.raises(PermissionDenied):
        deleted(world, "contact", world.eva, stranger)
    deleted(world, "contact", world.eva, world.owner)
    deleted(world, "account", world.account, make.make_user("admin"))
    assert not Account.objects.filter(pk=world.account.pk).exists()


def test_an_account_says_why(world):
    with pytest.raises(ValidationError) as refused:
        put_in(world.manager, ACCOUNT, world.account, "  ")
    assert "why" in refused.value.message_dict


def test_deleting_twice_at_once_deletes_once(world):
    deleted(world, "account", world.account)
    with pytest.raises(GoneError):
        deleted(world, "account", world.account)
    unit = BinUnit.objects.get()
    restore(world.manager, unit)
    with pytest.raises(GoneError):
        restore(world.manager, unit)


def test_a_meeting_to_come_is_cancelled_first(world):
    meeting = make.make_appointment(world.account, world.owner, noon() + timedelta(days=2), world.eva)
    for slug, record in (("account", world.account), ("contact", world.eva)):
        with pytest.raises(ValidationError) as refused:
            deleted(world, slug, record)
        assert "cancel or change it first" in str(refused.value)
    meeting.state, meeting.reason, meeting.closed_at = "cancelled", "Snow", timezone.now()
    meeting.save()
    deleted(world, "account", world.account)


def test_mails_that_wait_are_not_sent_and_one_that_is_being_sent_is_waited_for(world):
    mails = Message.objects.filter(pk=world.waiting.pk)
    mails.update(state="sending", lease_until=noon())
    with pytest.raises(ValidationError):
        deleted(world, "contact", world.eva)
    mails.update(state="pending", lease_until=None)
    unit = deleted(world, "contact", world.eva)
    restore(world.manager, unit)
    mail = mails.get()
    assert (mail.state, mail.contact_id) == ("cancelled", world.eva.pk)


def test_a_deleted_log_closes_nothing_and_a_restored_one_does_again(world):
    unit = deleted(world, "interaction", world.talk, world.owner)
    row = Touchpoint.objects.get(pk=world.touchpoint.pk)
    assert (row.state, row.interaction_id) == ("open", None)
    restore(world.owner, unit)
    row.refresh_from_db()
    assert (row.state, row.interaction_id) == ("done", world.talk.pk)


def test_what_was_owed_again_and_done_since_stays_done_by_that(world):
    unit = deleted(world, "interaction", world.talk, world.owner)
    other = make.make_interaction(world.account, world.owner, happened_on=TODAY)
    Touchpoint.objects.filter(pk=world.touchpoint.pk).update(
        state="done", closed_on=TODAY, interaction=other, closed_by=world.owner
    )
    restore(world.owner, unit)
    row = Touchpoint.objects.get(pk=world.touchpoint.pk)
    assert (row.interaction_id, row.closed_on) == (other.pk, TODAY)


def test_numbers_are_right_at_once(world):
    owed = Touchpoint.objects.filter(account=world.account, anchor="after_event", state="open")
    assert owed.exists()
    assert Figures.objects.get(account=world.account).sales_12m
    unit = deleted(world, "purchase", world.purchase, world.owner)
    world.account.refresh_from_db()
    assert world.account.status == "prospect"
    assert not owed.exists()
    assert not Figures.objects.filter(account=world.account, sales_12m__isnull=False).exists()
    restore(world.owner, unit)
    world.account.refresh_from_db()
    assert (world.account.status, owed.exists()) == ("customer", True)
    assert Figures.objects.get(account=world.account).sales_12m


def test_a_part_of_a_deleted_account_waits_for_it(world):
    part = deleted(world, "contact", world.per)
    whole = deleted(world, "account", world.account)
    with pytest.raises(ValidationError) as refused:
        restore(world.manager, part)
    assert "restore that first" in str(refused.value)
    restore(world.manager, whole)
    restore(world.manager, part)
    assert Contact.objects.filter(account=world.account).count() == 2


def test_a_part_of_an_account_that_is_gone_for_good_says_so(world):
    part = deleted(world, "contact", world.per)
    deleted(world, "account", world.account)
    BinUnit.objects.filter(kind="account").delete()
    with pytest.raises(ValidationError) as refused:
        restore(world.manager, part)
    assert "gone for good" in str(refused.value)


def test_a_number_that_another_account_has_since_is_asked_about(world):
    unit = deleted(world, "account", world.account)
    other = make.make_account(world.owner, name="Borg again", external_id="K-100")
    with pytest.raises(ValidationError) as refused:
        restore(world.manager, unit)
    assert "K-100 belongs to Borg again" in str(refused.value)
    restore(world.manager, unit, without_number=True)
    assert Account.objects.get(pk=world.account.pk).external_id is None
    other.refresh_from_db()
    assert other.external_id == "K-100"


def test_the_number_can_be_given_free_instead(world):
    unit = deleted(world, "account", world.account)
    other = make.make_account(world.owner, external_id="K-100")
    edit_account(world.owner, other, external_id="K-101")
    restore(world.manager, unit)
    assert Account.objects.get(pk=world.account.pk).external_id == "K-100"


def test_somebody_else_who_is_called_first_by_now_stays_so(world):
    unit = deleted(world, "contact", world.eva)
    Contact.objects.filter(pk=world.per.pk).update(is_main=True)
    restore(world.manager, unit)
    assert list(Contact.objects.filter(account=world.account, is_main=True)) == [world.per]
    assert Contact.objects.get(pk=world.per.pk).reports_to_id == world.eva.pk


def test_what_hung_on_something_gone_for_good_is_counted(world):
    unit = deleted(world, "account", world.account)
    BulkChange.objects.all().delete()
    _unit, lost = restore(world.manager, unit)
    assert lost == 1
    assert Account.objects.filter(pk=world.account.pk).exists()


def test_a_mailing_that_has_gone_past_them_has_left_them_out(world):
    mailing = make.make_mailing(world.owner, state="running", starts_at=noon(), rows_total=1, rows_left=1)
    waiting = {"mailing": mailing, "account": world.account, "contact": world.per, "place": 1}
    Recipient.objects.create(**waiting)
    unit = deleted(world, "contact", world.per)
    Mailing.objects.filter(pk=mailing.pk).update(rows_left=0)
    restore(world.manager, unit)
    assert Recipient.objects.with_outcome().get(mailing=mailing).outcome == "dropped"


def test_who_may_restore(world):
    unit = deleted(world, "contact", world.per, world.owner)
    stranger, admin = make.make_user("salesperson"), make.make_user("admin")
    assert not BinUnit.objects.visible_to(stranger).exists()
    with pytest.raises(PermissionDenied):
        restore(stranger, unit)
    for user in (world.owner, world.manager, admin):
        assert BinUnit.objects.visible_to(user).get() == unit
    restore(admin, unit)


def test_after_a_hand_over_the_new_owner_restores_and_the_old_one_does_not(world):
    unit = deleted(world, "contact", world.per, world.manager)
    newcomer = make.make_user("salesperson")
    Account.objects.filter(pk=world.account.pk).update(owner=newcomer)
    assert not BinUnit.objects.visible_to(world.owner).exists()
    with pytest.raises(PermissionDenied):
        restore(world.owner, unit)
    restore(newcomer, unit)


def test_who_is_erased_is_erased_in_the_bin_with_their_rows_elsewhere_and_attachments(
    world, settings, tmp_path
):
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")
    other = make.make_account(world.owner, name="Vik & Co")
    later = make.make_contact(other, first_name="Evangelina", last_name="Secretly", formerly=world.eva)
    piece = make.make_piece(later, world.owner, state="left", left_on=TODAY)
    PieceFile.objects.create(
        piece=piece, name="Evangelina.pdf", kind="application/pdf", size=3, file=ContentFile(b"PDF", "x")
    )
    deleted(world, "account", other)
    services.erase(make.make_user("admin"), Contact.objects.get(pk=world.eva.pk), Erasure.Why.ASKED, ())
    kept = " ".join(str(data) for data in BinRow.objects.values_list("data", flat=True))
    assert "Evangelina" not in kept
    assert "Secretly" not in kept
    assert not BinRow.objects.filter(model="correspondence.piecefile").exists()


def test_invitations_to_surveys_are_not_kept_but_that_somebody_was_asked_is(world):
    survey.make_invitation(survey.make_wave(Programme.objects.get()), world.eva, state="handed_over")
    unit = deleted(world, "account", world.account)
    assert not BinRow.objects.filter(model__startswith="surveys.invitation").exists()
    restore(world.manager, unit)
    assert not Invitation.objects.exists()
    assert Asked.objects.filter(contact=world.eva).exists()


def test_files_stay_on_the_disk_until_the_unit_is_gone(world):
    file = AccountFile.objects.get()
    storage, name = file.file.storage, file.file.name
    unit = deleted(world, "account", world.account)
    with time_machine.travel(noon() + timedelta(days=3), tick=False):
        stored_files.sweep()
        assert storage.exists(name)
    with time_machine.travel(noon() + timedelta(days=29), tick=False):
        assert emptying.empty() == {"units": 0}
    with time_machine.travel(noon() + timedelta(days=31), tick=False):
        assert emptying.tick().counts == {"units": 1}
        assert emptying.tick() is None  # once a day
        stored_files.delete_stray(timezone.now() + timedelta(days=60))
    assert not BinUnit.objects.filter(pk=unit.pk).exists()
    assert not storage.exists(name)


def test_an_erased_person_is_not_named_in_the_bin_either(world):
    """Their kept rows are blanked with the living ones; here it is what the list and the restore know."""
    person = deleted(world, "contact", world.eva)
    concern = deleted(
        world, "concern", make.make_concern(world.account, contact=world.per, what="Per is rude")
    )
    log = deleted(world, "interaction", world.talk)
    other = deleted(world, "promise", world.account.commitments.get())
    erasing.blank([world.eva.pk, world.per.pk])
    names = {unit.pk: unit.name for unit in BinUnit.objects.all()}
    assert names[person.pk] == names[concern.pk] == "Erased"
    assert names[other.pk] == other.name
    restore(world.manager, log)
    restore(world.manager, person)


def test_history_says_who_deleted_it_and_by_which_door(world):
    from contacts.models import ConcernEvent  # type: ignore[attr-defined]

    concern = Concern.objects.get()
    deleted(world, "concern", concern)
    event = ConcernEvent.objects.filter(pgh_obj_id=concern.pk, pgh_label="delete").get()
    assert event.pgh_context.metadata["door"] == "bin"
    assert event.what == concern.what
