"""Who was owed a survey and not asked is counted by wave and reason, and nobody's name is kept for it."""

from __future__ import annotations

from datetime import timedelta

from contacts.models import Contact
from surveys import asks as say
from surveys import left_out
from surveys.models import Exclusion, HeldBack
from surveys.services import asking, closing, invite
from tests import factories as make
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY


def test_who_was_owed_a_survey_and_not_asked_is_counted_by_reason(programme):
    wave = survey.make_wave(programme)
    asked, excluded, other, recent, late = (survey.make_customer(language="en") for _ in range(5))
    manager = make.make_user("manager")
    for contact in (excluded, other):
        Exclusion.objects.create(account=contact.account, reason="a lawsuit", by=manager)
    survey.make_asked(recent, programme, 30)
    Contact.objects.filter(pk=late.pk).update(email="")
    invite([survey.make_ask(each) for each in (asked, excluded, recent, late)], TODAY)
    invite([survey.make_ask(other)], TODAY)
    wave.refresh_from_db()
    assert (wave.left_out, wave.n_left_out) == ({say.EXCLUDED: 2, say.ASKED_RECENTLY: 1}, 3)
    closing.purge_due(TODAY + timedelta(days=14))
    assert HeldBack.objects.get().state == "open"
    closing.purge_due(TODAY + timedelta(days=15))
    closing.purge_due(TODAY + timedelta(days=16))
    wave.refresh_from_db()
    assert (wave.left_out["no_address"], wave.n_left_out) == (1, 4)
    assert left_out.of([wave, wave]) == [
        ("excluded by a manager", 4), ("asked recently", 2), ("nobody with an e-mail address", 2),
    ]  # fmt: skip


def test_the_wave_says_who_was_not_asked_as_numbers_alone(client, programme):
    wave = survey.make_wave(programme, left_out={say.EXCLUDED: 2, "no_address": 1})
    client.force_login(make.make_user("manager"))
    for page in ("/surveys/", f"/surveys/{programme.pk}/"):
        said = client.get(page).content.decode()
        assert "excluded by a manager 2" in said
        assert "nobody with an e-mail address 1" in said
        assert wave.label in said


def test_many_are_asked_in_parts_and_nobody_twice(programme, monkeypatch):
    """Two contacts share an address, and fall into different parts."""
    monkeypatch.setattr(asking, "AT_ONCE", 2)
    wave = survey.make_wave(programme)
    contacts = [survey.make_customer(email=f"c{n % 4}@customer.example") for n in range(5)]
    answers = invite([survey.make_ask(each) for each in contacts], TODAY)
    assert [answer.reason for answer in answers.values()] == ["", "", "", "", say.ASKED_RECENTLY]
    wave.refresh_from_db()
    assert (wave.invitations.count(), wave.left_out) == (4, {say.ASKED_RECENTLY: 1})
