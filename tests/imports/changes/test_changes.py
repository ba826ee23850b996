"""The change history: by record, user, time and door; before and after; deletions; pages; an inert file.

The database dates its events itself: tests that need a moment write it into them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from core import doors
from core.history import acting, through
from correspondence.models import Piece
from imports.changes import reading
from imports.changes.choice import Choice
from imports.changes.kinds import READERS, Readers
from tests import factories as make
from users.models import User

LIST = reverse("changes:list")


@pytest.fixture
def people(db: None) -> SimpleNamespace:
    manager = make.make_user("manager", display_name="Mona Vik")
    team = make.make_team(manager)
    return SimpleNamespace(
        admin=make.make_user("admin", display_name="Ada Min"),
        manager=manager,
        seller=make.make_user(display_name="Kari Holm", team=team),
        stranger=make.make_user(display_name="Ola Berg"),
    )


@pytest.fixture
def account(people) -> Account:
    return make.make_account(people.seller, name="Borg & Co", city="Oslo")


def move(account: Account, city: str, user: User | None = None, reason: str = "") -> None:
    with acting(user, reason):
        Account.objects.filter(pk=account.pk).update(city=city)


def told(reader: User, **params: str) -> list[tuple[str, str, str, str]]:
    """Who, field, before, after of each change that is shown."""
    saves = reading.page(reader, Choice.of(params, reader)).saves
    return [(save.who, one.field, one.before, one.after) for save in saves for one in save.changes]


def date_events(model: str, moments: list[str]) -> None:
    """Say when the events of a model happened, in the order in which they were written."""
    events = apps.get_model(model)
    for pk, moment in zip(
        events.objects.order_by("pgh_id").values_list("pk", flat=True), moments, strict=True
    ):
        events.objects.filter(pk=pk).update(pgh_created_at=make.at(moment))


# -- what is shown ---------------------------------------------------------------------------------


def test_before_and_after_of_each_change_newest_first(people, account):
    move(account, "Bergen", people.seller)
    move(account, "Voss", people.stranger)
    assert told(people.admin) == [
        ("Ola Berg", "City", "Bergen", "Voss"),
        ("Kari Holm", "City", "Oslo", "Bergen"),
    ]


def test_a_deletion_says_what_stood_there(people, account):
    concern = make.make_concern(account, what="The seal leaks")
    with acting(people.seller):
        concern.delete()
    (save,) = reading.page(people.admin, Choice.of({"kind": "contacts.concern"}, people.admin)).saves
    assert (save.is_deletion, save.is_there, save.name) == (True, False, "The seal leaks")
    assert ("What", "The seal leaks", "") in {(one.field, one.before, one.after) for one in save.changes}
    assert save.account == account


def test_what_was_deleted_since_is_still_told(people, account):
    concern = make.make_concern(account, what="The seal leaks")
    with acting(people.seller):
        concern.what = "It leaks"
        concern.save()
        pk = concern.pk
        concern.delete()
    told_of = told(people.admin, kind="contacts.concern", record=str(pk))
    assert ("Kari Holm", "What", "The seal leaks", "It leaks") in told_of


# -- by whom, how, of what, when -------------------------------------------------------------------


def test_by_user(people, account):
    move(account, "Bergen", people.seller)
    move(account, "Voss", people.stranger)
    assert [row[0] for row in told(people.admin, user=str(people.stranger.pk))] == ["Ola Berg"]


@contextmanager
def behind(door: str, user: User) -> Iterator[None]:
    """A verb that names its door, in a request of this user."""
    with acting(user), through(door):
        yield


DOORS = {
    "page": acting,
    "import": lambda user: acting(user, "import 12"),
    "nightly": lambda _user: acting(None, "nightly run"),
    "command": lambda _user: acting(None, "create_admin"),
    "bulk": partial(behind, "bulk"),
    "leaving": partial(behind, "leaving"),
}


@pytest.mark.parametrize("door", [*DOORS, "background"])
def test_by_door_and_it_says_the_same_door(people, account, door):
    for n, (_name, enter) in enumerate(DOORS.items()):
        with enter(people.seller):
            Account.objects.filter(pk=account.pk).update(city=f"City {n}")
    Account.objects.filter(pk=account.pk).update(city="By itself")
    (save,) = reading.page(people.admin, Choice.of({"door": door}, people.admin)).saves
    (change,) = save.changes
    assert change.after == (f"City {list(DOORS).index(door)}" if door in DOORS else "By itself")
    assert save.door == str(doors.every()[door])


def test_by_record_and_by_account(people, account):
    other = make.make_account(people.stranger)
    contact = make.make_contact(account)
    for row in (account, other):
        move(row, "Bergen", people.seller)
    with acting(people.seller):
        contact.job_title = "Buyer"
        contact.save()
    assert len(told(people.admin, kind="accounts.account", record=str(account.pk))) == 1
    assert {row[1] for row in told(people.admin, account=str(account.pk))} == {"City", "Job title"}


def test_by_days_at_the_readers_place(people, account):
    for city in ("A", "B", "C"):
        move(account, city, people.seller)
    date_events("accounts.AccountEvent", ["2026-03-01 12:00", "2026-03-02 23:30", "2026-03-04 12:00"])
    User.objects.filter(pk=people.admin.pk).update(time_zone="Europe/Oslo")  # half past midnight on the 3rd
    people.admin.refresh_from_db()
    days = {"since": "2026-03-02", "until": "2026-03-03"}
    assert [row[3] for row in told(people.admin, **days)] == ["B"]
    assert told(people.admin, since="2026-03-02", until="2026-03-02") == []


def test_without_a_day_it_goes_back_30_days_and_for_a_record_all_the_way(people, account):
    move(account, "Bergen", people.seller)
    date_events("accounts.AccountEvent", ["2021-03-01 12:00"])
    assert told(people.admin) == []
    assert len(told(people.admin, kind="accounts.account", record=str(account.pk))) == 1
    assert len(told(people.admin, account=str(account.pk))) == 1


@pytest.mark.parametrize(
    "query",
    [
        "user=x&door=y&kind=z&since=nonsense&until=2026-99-99&account=--&behind=!!",
        "kind=accounts.account&record=x%00y",
        "kind=surveys.contactrequest&record=1",
        "behind=WyIyMDI2LTAxLTAxIiwxLDJd",
        "since=0001-01-01&until=9999-12-31",
    ],
)
def test_nonsense_in_the_address_is_left_out(people, account, query):
    client = Client()
    client.force_login(people.admin)
    assert client.get(f"{LIST}?{query}").status_code == 200


# -- who may read what -----------------------------------------------------------------------------


def test_every_tracked_record_says_who_reads_its_changes():
    tracked = {
        model.pgh_tracked_model._meta.label_lower
        for model in apps.get_models()
        if hasattr(model, "pgh_tracked_model")
    }
    assert (tracked - set(READERS), set(READERS) - tracked) == (set(), set())


def test_managers_read_of_their_teams_and_admins_of_everybody(people, account):
    move(account, "Bergen", people.seller)
    move(account, "Voss", people.stranger)
    move(account, "Hamar", None, "nightly run")
    assert [row[0] for row in told(people.manager)] == ["Kari Holm"]
    assert told(people.manager, user=str(people.stranger.pk)) == []
    assert len(told(people.admin)) == 3


def test_users_are_for_admins_and_surveys_for_managers(people):
    with acting(people.manager):
        people.seller.job_title = "Key accounts"
        people.seller.save()
    assert told(people.manager) == []
    assert [row[1] for row in told(people.admin)] == ["Job title"]
    surveys = {label for label, readers in READERS.items() if readers is Readers.SURVEYORS}
    assert surveys == {label for label in READERS if label.startswith("surveys.")}
    assert not Choice.of({"kind": "surveys.programme"}, people.admin).kinds(people.admin)
    assert Choice.of({"kind": "surveys.programme"}, people.manager).kinds(people.manager)


def test_drafts_of_others_stay_theirs(people):
    contact = make.make_contact(make.make_account(people.stranger))
    piece = make.make_piece(contact, people.stranger)
    with acting(people.seller):
        Piece.objects.filter(pk=piece.pk).update(subject="Secret")
    assert told(people.manager, kind="correspondence.piece") == []
    assert len(told(people.admin, kind="correspondence.piece")) == 1  # an admin may edit every draft


# -- pages and file --------------------------------------------------------------------------------


def test_every_change_stands_on_exactly_one_page(people, account):
    """Several of one moment, in several kinds, over windows that are days and years apart."""
    contact = make.make_contact(account)
    for n in range(6):
        move(account, f"City {n}", people.seller)
        contact.job_title = f"Job {n}"
        contact.save()
    moments = ["2022-01-01 10:00", "2026-11-01 10:00", *["2026-11-20 10:00"] * 4]
    date_events("accounts.AccountEvent", moments)
    date_events("contacts.ContactEvent", moments)
    choice = Choice.of({"since": "2020-01-01", "until": "2026-12-01"}, people.admin)
    seen, cursor = [], ""
    while True:
        page = reading.page(people.admin, choice, cursor, size=5)
        seen += [(save.kind.label, save.changes[0].after) for save in page.saves]
        cursor = page.next
        if not cursor:
            break
    assert len(seen) == 12
    assert len(set(seen)) == 12
    assert {label for label, _after in seen[-2:]} == {"accounts.account", "contacts.contact"}


def test_2_and_20_rows_cost_the_same(people, account):
    def change(n: int) -> None:
        for i in range(n):
            user = make.make_user()
            row = make.make_account(make.make_user(), name=f"Account {i}")
            contact = make.make_contact(row)
            with acting(user):
                row.owner = user
                row.save()
                contact.job_title = "Buyer"
                contact.save()

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert reading.page(people.admin, Choice.of({}, people.admin)).saves
        return len(found)

    change(2)
    few = cost()
    change(18)
    assert cost() == few


def test_the_file_holds_everything_and_nothing_live(people, account, monkeypatch):
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    for n in range(5):
        move(account, f"City {n}", people.seller)
    move(account, "=HYPERLINK(1)", people.seller)
    client = Client()
    client.force_login(people.admin)
    response = client.get(reverse("changes:file"))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 6
    assert rows[0]["After"] == "'=HYPERLINK(1)"
    assert {(row["Who"], row["Kind"], row["Account"]) for row in rows} == {
        ("Kari Holm", "Account", "Borg & Co")
    }


def test_the_page_shows_and_escapes(people, account):
    move(account, "<b>Bergen</b>", people.seller)
    client = Client()
    client.force_login(people.admin)
    text = client.get(LIST).content.decode()
    assert "&lt;b&gt;Bergen&lt;/b&gt;" in text
    assert "Kari Holm" in text
    client.force_login(people.seller)
    assert client.get(LIST).status_code == 403
