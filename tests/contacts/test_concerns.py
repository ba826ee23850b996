"""Concerns: their thread, whose they are, and solved only when the customer says so."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from contacts import services
from contacts.models import Concern, ConcernNote
from tests import factories as make

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel("2026-11-24 08:00:00+00:00", tick=False):
        yield


@pytest.fixture
def kari(db):
    return make.make_user(display_name="Kari Holm", team=make.make_team())


@pytest.fixture
def desk(db):
    return make.make_user("reader", display_name="Anna Desk", department="Service desk")


@pytest.fixture
def account(kari):
    return make.make_account(kari, name="Acme")


@pytest.fixture
def concern(account, desk, kari):
    return make.make_concern(account, owner=desk, raised_by=kari)


@pytest.fixture
def solved(concern, desk):
    return services.resolve_concern(desk, concern, "New seal")


def text(answer):
    return answer.content.decode()


def page(concern, name="concern"):
    return reverse(f"contacts:{name}", args=[concern.pk])


# -- The thread ------------------------------------------------------------------------------------------


def test_every_department_writes_into_the_thread(client, kari, desk, concern):
    for user, words in ((desk, "Fitter is on his way"), (make.make_user("reader"), "Invoice stopped")):
        client.force_login(user)
        answer = client.post(
            page(concern, "concern_note"), {"text": words, "token": str(uuid4())}, follow=True
        )
        assert words in text(answer)
    client.force_login(kari)
    html = text(client.get(page(concern)))
    assert html.index("Fitter is on his way") < html.index("Invoice stopped")
    assert "Anna Desk, Service desk" in html


def test_a_double_click_notes_once_and_an_empty_note_is_refused(client, desk, concern):
    client.force_login(desk)
    typed = {"text": "On his way", "token": str(uuid4())}
    for _ in range(2):
        client.post(page(concern, "concern_note"), typed)
    assert ConcernNote.objects.count() == 1
    assert client.post(page(concern, "concern_note"), typed | {"text": " "}).status_code == 422


def test_a_deactivated_user_writes_nothing(concern):
    gone = make.make_user(is_active=False)
    for verb in (
        lambda: services.note_on_concern(gone, concern, "x"),
        lambda: services.confirm_concern(gone, concern),
        lambda: services.unconfirm_concern(gone, concern),
    ):
        with pytest.raises(PermissionDenied):
            verb()


# -- Confirmed by the customer -----------------------------------------------------------------------------


def test_whoever_hears_it_writes_down_who_of_theirs_confirmed_it(client, account, solved):
    eva = make.make_contact(account, last_name="Lind")
    hears = make.make_user(display_name="Ola Berg")
    client.force_login(hears)
    client.post(page(solved, "concern_confirm"), {"contact": eva.pk, "on": "2026-11-24"})
    solved.refresh_from_db()
    assert (solved.confirmed_on, solved.confirmed_with, solved.confirmed_by) == (TODAY, eva, hears)
    html = text(client.get(page(solved)))
    assert "Eva Lind" in html
    assert "heard by Ola Berg" in html


def test_what_is_open_or_was_solved_later_is_not_confirmed(kari, concern, desk):
    with pytest.raises(ValidationError, match="still open"):
        services.confirm_concern(kari, concern)
    services.resolve_concern(desk, concern, "New seal")
    for on in (TODAY - DAY, TODAY + DAY):
        with pytest.raises(ValidationError) as refused:
            services.confirm_concern(kari, concern, on=on)
        assert "on" in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        services.confirm_concern(kari, concern, make.make_contact(make.make_account()))
    assert "contact" in refused.value.message_dict


def test_opened_again_it_is_neither_solved_nor_confirmed(kari, solved):
    services.confirm_concern(kari, solved)
    found = services.reopen_concern(kari, solved)
    assert (found.resolved_on, found.confirmed_on, found.confirmed_by) == (None, None, None)


def test_the_confirmation_is_undone_by_who_wrote_it_and_by_no_stranger(solved):
    hears, stranger = make.make_user(), make.make_user()
    services.confirm_concern(hears, solved)
    with pytest.raises(PermissionDenied):
        services.unconfirm_concern(stranger, solved)
    assert services.unconfirm_concern(hears, solved).confirmed_on is None


def test_the_database_knows_no_confirmed_open_concern(concern):
    with pytest.raises(IntegrityError), transaction.atomic():
        Concern.objects.filter(pk=concern.pk).update(confirmed_on=TODAY)


# -- Before the next call ---------------------------------------------------------------------------------


def test_the_account_shows_open_ones_in_red_and_unconfirmed_ones_as_such(client, kari, account, solved):
    make.make_concern(account, owner=kari, what="Noise at night")
    old = make.make_concern(
        account, owner=kari, what="Long ago", resolved_on=TODAY - 90 * DAY, resolution="Done"
    )
    client.force_login(kari)
    html = text(client.get(reverse("accounts:detail", args=[account.pk])))
    panel = html[html.index("concerns-title") : html.index('id="people')] if 'id="people' in html else html
    assert panel.index("Noise at night") < panel.index("solved, not confirmed")
    assert "New seal" in panel
    assert page(old) not in html
    services.confirm_concern(kari, solved)
    assert "solved, not confirmed" not in text(client.get(reverse("accounts:detail", args=[account.pk])))


def test_the_sheet_asks_about_what_is_solved_and_not_confirmed(client, kari, account, solved):
    row = make.make_touchpoint(account, kari, TODAY)
    client.force_login(kari)
    html = text(client.get(reverse("cadences:touchpoint", args=[row.pk])))
    assert "Do they see it so, too?" in html
    assert page(solved, "concern_confirm") in html


# -- Whose they are ----------------------------------------------------------------------------------------


def test_it_is_handed_to_another_department(client, kari, desk, account):
    concern = make.make_concern(account, owner=kari, raised_by=kari)
    client.force_login(kari)
    typed = {"what": concern.what, "severity": "3", "owner": desk.pk, "due_on": "2026-11-30", "contact": ""}
    assert client.post(page(concern, "concern_change"), typed).status_code == 302
    concern.refresh_from_db()
    assert (concern.owner, concern.severity, concern.due_on) == (desk, 3, date(2026, 11, 30))
    client.force_login(desk)
    assert concern.what in text(client.get(reverse("contacts:concerns")))


def test_the_second_save_is_told_what_the_first_changed(client, kari, desk, concern):
    client.force_login(kari)
    typed = {"what": "Leaks", "severity": "2", "owner": desk.pk, "due_on": "", "contact": "",
             "version": concern.updated_at.isoformat()}  # fmt: skip
    Concern.objects.filter(pk=concern.pk).update(updated_at=make.at("2026-11-24 07:59"))
    answer = client.post(page(concern, "concern_change"), typed)
    assert answer.status_code == 422
    assert "A colleague saved this" in text(answer)


@pytest.mark.parametrize(
    ("whose", "seen"), [("me", "A"), ("raised", "AB"), ("team", "A"), ("all", "ABC"), ("?", "A")]
)
def test_the_list_is_of_mine_or_others(client, kari, desk, account, whose, seen):
    for name, owner, by in (("A", kari, kari), ("B", desk, kari), ("C", desk, desk)):
        make.make_concern(account, owner=owner, raised_by=by, what=f"Worry {name}!")
    client.force_login(kari)
    html = text(client.get(reverse("contacts:concerns"), {"whose": whose}))
    assert [name for name in "ABC" if f"Worry {name}!" in html] == list(seen)


def test_the_list_tells_open_solved_and_confirmed_apart(client, kari, desk, account, solved):
    make.make_concern(account, owner=desk, what="Noise")
    sure = make.make_concern(account, owner=desk, what="Paint", resolved_on=TODAY, resolution="New")
    services.confirm_concern(kari, sure)
    client.force_login(desk)
    for state, words in (("open", "Noise"), ("unconfirmed", solved.what), ("closed", "Paint")):
        html = text(client.get(reverse("contacts:concerns"), {"state": state}))
        assert [w for w in ("Noise", solved.what, "Paint") if w in html] == [words], state
    assert "Nothing here" in text(client.get(reverse("contacts:concerns"), {"whose": "raised"}))


@pytest.mark.parametrize("name", ["concerns", "concern"])
def test_two_and_twenty_cost_the_same(client, desk, account, concern, django_assert_max_num_queries, name):
    client.force_login(desk)
    counts = []
    for number in (2, 18):
        for _ in range(number):
            make.make_concern(account, owner=desk, contact=make.make_contact(account))
            ConcernNote.objects.create(concern=concern, user=make.make_user(), text="More")
        with django_assert_max_num_queries(8) as seen:
            client.get(page(concern) if name == "concern" else reverse("contacts:concerns"))
        counts.append(len(seen))
    assert counts[0] == counts[1]
