"""A file says before anything is written which of its new accounts are probably here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from accounts.models import Account
from imports.duplicates.merging import merge_accounts
from imports.duplicates.undoing import undo_merge
from tests.factories import make_account
from users.models import User

Write = Callable[..., Path]
Bring = Callable[..., dict[str, Any]]
FILE = "customer_id,company,city,country\n7,Borg & Co. AS,Bergen,Norway\n8,Quite Different,Oslo,Norway\n"


def test_the_check_names_what_looks_like_it(bring: Bring, write: Write) -> None:
    make_account(name="Borg & Co AS", city="Bergen", country="NO")
    report = bring("accounts", write(FILE), None, "--dry-run")
    [note] = [note for note in report["notes"] if "looks like" in note]
    assert note.startswith(
        "1 new account looks like one that is here: line 2 “Borg & Co. AS” like “Borg & Co AS”"
    )


def test_what_is_known_or_like_nothing_is_not_named(bring: Bring, write: Write) -> None:
    make_account(name="Borg & Co AS", city="Bergen", country="NO", external_id="7")
    report = bring("accounts", write(FILE), None, "--dry-run")
    assert not any("look" in note for note in report["notes"])


def test_the_number_of_a_merged_account_makes_no_second_one(bring: Bring, write: Write, admin: User) -> None:
    survivor = make_account(name="Borg & Co", country="NO", external_id="1")
    loser = make_account(name="Borg", country="NO", external_id="7")
    merge = merge_accounts(admin, survivor, loser)
    report = bring("accounts", write(FILE))
    assert report["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert report["refused"][0]["reason"].startswith(
        "The account with the id “7” was merged into “Borg & Co”."
    )
    undo_merge(admin, merge)
    again = bring("accounts", write(FILE))
    assert again["counts"] == {"new": 0, "changed": 1, "unchanged": 1, "refused": 0}
    assert Account.objects.count() == 3
