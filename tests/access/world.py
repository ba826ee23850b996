"""The small company in which the table of ``matrix.py`` is walked: one record and one user of each kind."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import BookFinish
from cadences.meetings import addresses
from cadences.models import BulkChange, BulkRow, Override, SavedView
from contacts.models import Ask, Commitment, Expectation
from correspondence.models import Halt, Message, PieceFile, PrintBatch, Suppression
from correspondence.unsubscribe import url_for
from imports.bin.kinds import KINDS
from imports.bin.services import put_in
from imports.duplicates.merging import merge_accounts
from imports.models import AccountPair, BinUnit, ContactPair, ImportBatch, SavedMapping, TakeOut
from surveys.models import ContactRequest, Exclusion, HeldBack
from tests import factories as make
from tests.surveys import factories as survey
from users.tokens import ResetTokens, invitations

TODAY = date(2026, 11, 23)
PASSWORD = "correct horse battery"


def build() -> dict[str, Any]:
    """Name -> record, or the text that stands for it in an address."""
    world = _people()
    world |= _records(world)
    world["invitation_token"] = invitations.make_token(world["invited"])
    world["reset_uid"] = user_pk_to_url_str(world["owner"])
    world["reset_key"] = ResetTokens().make_token(world["owner"])
    return world


def _people() -> dict[str, Any]:
    make.make_company()
    make.make_schedule()

    def user(*roles: str, **fields: Any) -> Any:
        return make.make_user(*roles, password=PASSWORD, **fields)

    manager = user("manager")
    team = make.make_team(manager=manager)
    deactivated = user("salesperson", "admin")
    owner = user(team=team, deputy=deactivated)
    invited = make.make_user(invited_at=timezone.now())
    return {
        "owner": owner,
        "colleague": user(team=team),
        "stranger": user(team=make.make_team()),
        "manager": manager,
        "other_manager": make.make_team(manager=user("manager")).manager,
        "reader": user("reader"),
        "admin": user("admin"),
        "deactivated": deactivated,
        "invited": invited,
        "team": team,
        "empty_team": make.make_team(),
        "absence": make.make_absence(owner, TODAY, TODAY),
        "calendar": make.make_calendar(),
    }


def _records(people: dict[str, Any]) -> dict[str, Any]:
    owner = people["owner"]
    account = make.make_account(owner, status="customer")
    contact = make.make_contact(account)
    interaction = make.make_interaction(account, owner, contact=contact, happened_on=TODAY)
    return {
        "account": account,
        "account_label": "accounts.account",
        "w": "where",
        "gap": "concerns",
        "tier": make.make_tier(2),
        "contact": contact,
        "departed": make.make_contact(account, left_on=TODAY),
        "influence": make.make_influence(contact, make.make_contact(account)),
        "interaction": interaction,
        "concern": make.make_concern(account, owner=owner),
        "purchase": make.make_purchase(account, TODAY),
        "exception": Override.objects.create(
            account=account, slot=make.make_slot("greeting"), is_off=True, reason="They asked for none"
        ),
        "touchpoint": make.make_touchpoint(account, owner, TODAY),
        **_planned(contact, owner),
        "book_entry": make.make_book_entry(owner, account),
        "book_finish": BookFinish.objects.create(
            user=owner,
            account=make.make_account(owner),
            added_on=TODAY,
            finished_on=TODAY,
            why=BookFinish.Why.CONTENT,
            outcome="Content with the pumps",
        ),
        "campaign": make.make_campaign(account, TODAY),
        "ended_campaign": make.make_campaign(account, TODAY, ended_on=TODAY, result="won"),
        "appointment": make.make_appointment(
            account, owner, timezone.now(), contact, touchpoint=make.make_touchpoint(account, owner, TODAY)
        ),
        "feed_token": addresses.make(owner),
        "commitment": Commitment.objects.create(account=account, user=owner, what="A quote", due_on=TODAY),
        "ask": Ask.objects.create(account=account, kind=Ask.Kind.REFERRAL, asked_on=TODAY, asked_by=owner),
        "expectation": Expectation.objects.create(
            account=account, what="It runs quieter", led_by=owner, led_on=TODAY
        ),
        "account_file": make.make_file(account, owner),
        **_written(owner, contact, interaction),
        "batch": _batch(),
        "import_kind": "accounts",
        "saved_mapping": SavedMapping.objects.create(
            name="Customers of the till", kind="accounts", columns={"account.name": "name"}, uses=["name"]
        ),
        **_twins(account, contact, people["admin"]),
        "archive": _archive(),
        "bin_kind": "contact",
        "bin_unit": (binned := _bin_unit(owner, account)),
        "bin_contact": binned.object_id,
        **_lists(people, account),
        **_surveys(contact),
        **_mail(),
        **_letters(contact, owner),
        **_templates(),
        **_mailings(owner),
        "contact_request": ContactRequest.objects.create(
            name="Eva Lind", company="Borg", reach="+47 22 33 44 55", received_on=TODAY
        ),
        **_plan(),
    }


def _written(owner: Any, contact: Any, talk: Any) -> dict[str, Any]:
    """A draft with a file, a mail that may have gone out, one that was sent; and the link of an address."""
    draft = make.make_piece(contact, owner)
    file = make.make_file(contact.account, owner)
    attached = PieceFile.objects.create(
        piece=draft, account_file=file, name=file.name, kind=file.kind, size=file.size
    )
    doubt, failed = (
        Message.objects.create(
            kind="piece", topic="service", recipient="eva@customer.example", key=state, state=state,
            payload={"piece": 0}, next_try_at=timezone.now(),
        )
        for state in ("uncertain", "failed")
    )  # fmt: skip
    token = "a-link-in-a-mail"
    make.make_identity(
        owner, verified_at=None, token=sha256(token.encode()).hexdigest(), token_at=timezone.now()
    )
    return {
        "talk": talk,
        "draft_piece": draft,
        "piece_file": attached,
        "doubtful_piece": make.make_piece(contact, owner, state="queued", message=doubt),
        "failed_piece": make.make_piece(contact, owner, state="queued", message=failed),
        "sent_piece": make.make_piece(contact, owner, state="left", left_on=TODAY),
        "identity_token": token,
    }


def _planned(contact: Any, owner: Any) -> dict[str, Any]:
    """What the plan has drafted, and a gift that is owed."""
    owed = [
        make.make_touchpoint(contact.account, owner, TODAY, make.make_slot(kind), kind=kind, cycle="2026")
        for kind in ("email", "gift")
    ]
    make.make_piece(contact, owner, origin=f"touchpoint {owed[0].pk}")
    return {"written_touchpoint": owed[0], "gift_touchpoint": owed[1], "gift_year": "2026"}


def _lists(people: dict[str, Any], account: Any) -> dict[str, Any]:
    """A view for everybody, one for its maker alone, and two changes of many accounts."""
    owner = people["owner"]
    done = {"state": "done", "kind": "add_tag", "options": {"tag": "fair"}, "what": "Tag added: fair"}
    changes = [
        BulkChange.objects.create(user=owner, rows_total=1, finished_at=timezone.now(), **fields)
        for fields in ({}, done)
    ]
    for change in changes:
        BulkRow.objects.create(change=change, account=account)
    return {
        "shared_view": SavedView.objects.create(owner=owner, name="Everybody's", is_shared=True),
        "private_view": SavedView.objects.create(owner=owner, name="Mine alone"),
        "bulk_draft": changes[0],
        "bulk_done": changes[1],
    }


def _surveys(contact: Any) -> dict[str, Any]:
    """A programme that is on, one that is sent once, somebody who waits and somebody who is excluded."""
    programme = survey.make_programme()
    held = HeldBack.objects.create(
        programme=programme, account=contact.account, cycle="first", contact=contact,
        reason="address_changed", since=TODAY,
    )  # fmt: skip
    return {
        "programme": programme,
        "one_off": survey.make_programme("one_off"),
        "held_back": held,
        "exclusion": Exclusion.objects.create(contact=contact, reason="Asked us not to"),
        "question_type": "nps",
        "question_key": "recommend",
        "survey_language": "en",
    }


def _plan() -> dict[str, Any]:
    """A draft beside a running version, and one of its cells (with the tier of the world)."""
    slot = make.make_slot("relationship-call")
    make.make_item(slot, plan=make.make_plan(state="running", effective_from=TODAY))
    draft = make.make_plan()
    make.make_item(slot, plan=draft, tier=make.make_tier(2), purpose=make.make_purpose())
    return {"slot": slot, "draft": draft}


def _mail() -> dict[str, Any]:
    """A mail that may have gone out, a halted topic, an address that gets nothing, and the link for that."""
    mail = Message.objects.create(
        kind="letter", topic="survey", recipient="eva@customer.example", key="1", state="uncertain",
        next_try_at=timezone.now(),
    )  # fmt: skip
    return {
        "uncertain_mail": mail,
        "halted_topic": Halt.objects.create(topic="survey", halted_at=timezone.now()).topic,
        "suppression": Suppression.objects.create(address="per@customer.example", reason="manual"),
        "unsubscribe_token": url_for("eva@customer.example", "survey").rstrip("/").rpartition("/")[2],
    }


def _letters(contact: Any, owner: Any) -> dict[str, Any]:
    """A letter that waits for the printer, and another that is on paper."""
    batch = PrintBatch.objects.create(
        user=owner, dated=TODAY, state="ready", rows_total=1, finished_at=timezone.now(), size=5,
        file=ContentFile(b"%PDF-", "letters.pdf"),
    )  # fmt: skip
    printed = make.make_piece(contact, owner, medium="letter", state="printed")
    batch.lines.create(piece=printed, position=1, state="printed")
    return {
        "letter": make.make_piece(contact, owner, medium="letter", state="queued"),
        "print_batch": batch,
    }


def _templates() -> dict[str, Any]:
    """One with two versions of its words."""
    old = make.make_template()
    make.make_template(template=old.template, body="The second version.")
    return {"template": old.template, "old_words": old}


def _mailings(owner: Any) -> dict[str, Any]:
    """A draft, one on its way and one that is held back."""
    started = {"starts_at": timezone.now()}
    return {
        "mailing": make.make_mailing(owner),
        "running_mailing": make.make_mailing(owner, state="running", **started),
        "paused_mailing": make.make_mailing(owner, state="paused", **started),
    }


def _twins(account: Any, contact: Any, admin: Any) -> dict[str, Any]:
    """Two accounts and two people who are probably the same, and one who was and went into another."""
    twin, person = make.make_account(account.owner), make.make_contact(account)
    gone = make.make_account(account.owner)
    merge = merge_accounts(admin, make.make_account(account.owner), gone)
    return {
        "twin": twin,
        "twin_person": person,
        "account_pair": AccountPair.objects.create(first=account, second=twin, score=50),
        "contact_pair": ContactPair.objects.create(first=contact, second=person, score=50),
        "merge": merge,
    }


def _archive() -> TakeOut:
    archive = TakeOut.objects.create(state="ready", finished_at=timezone.now())
    archive.path.parent.mkdir(parents=True, exist_ok=True)
    archive.path.write_bytes(b"PK")
    return archive


def _bin_unit(owner: Any, account: Any) -> BinUnit:
    return put_in(owner, KINDS["contact"], make.make_contact(account))


def _batch() -> ImportBatch:
    file = ContentFile(b"id;name\n1;Borg\n", "customers.csv")
    return ImportBatch.objects.create(kind=ImportBatch.Kind.ACCOUNTS, filename=file.name, file=file)
