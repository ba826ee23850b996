"""From a purchase to a release: night, outbox, mail, the real ballot box, follow-up, tally."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ballotbox import bundle
from cadences import survey_night
from correspondence.models import Message
from surveys import mailing
from surveys.models import Invitation, Wave
from tests import factories as make
from tests.ballots import Box
from tests.cadences.test_survey_night import owed
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY

CLOSED = date(2027, 1, 29)


@pytest.fixture
def open_box(box: Box, monkeypatch) -> Box:
    """The box goes by the machine's clock: for it, waves are open in any year."""
    write = bundle.write
    monkeypatch.setattr(
        bundle, "write", lambda folder, file: write(folder, replace(file, closes=date(2999, 12, 31)))
    )
    return box


def link_in(message: Message) -> str:
    rendered = mailing.render(message)
    assert rendered is not None
    return "/s/" + re.search(r"/s/(\S+)", rendered.text)[1]


def everything_here() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Invitation, Message, Wave)]


def test_from_the_purchase_to_the_release(open_box, rung, clock):
    make.make_schedule()
    survey.make_programme()
    for _ in range(10):
        owed()
    survey_night.run(TODAY, "command")
    mails = list(Message.objects.order_by("id"))
    assert len(mails) == 10
    links = [link_in(message) for message in mails]
    before = everything_here()
    for number, link in enumerate(links):
        assert open_box.get(link).status == 200
        assert open_box.post(link, {"recommend": str(number)}).status == 200
    assert open_box.ballots.count() == 10
    assert everything_here() == before  # nothing here knows that anybody has answered

    Invitation.objects.update(state="handed_over")
    Message.objects.update(state="sent", sent_at="2026-11-24T10:00Z")
    clock.move_to("2026-12-01 08:00:00+00:00")
    survey_night.run(TODAY + timedelta(days=7), "command")
    again = list(Message.objects.filter(kind="survey_follow_up"))
    assert len(again) == 10
    assert open_box.post(link_in(again[0]), {"recommend": "0"}).status == 200
    assert open_box.ballots.count() == 10  # the same tag: the first ballot stands

    clock.move_to(f"{CLOSED} 08:00:00+00:00")
    survey_night.run(CLOSED, "command")
    wave = Wave.objects.order_by("opens_on").first()
    assert (wave.state, wave.n_handed_over) == ("released", 10)
    assert open_box.get(links[0]).status == 404
    assert open_box.get(f"/w/{wave.pk}").status == 200
    assert mailing.render(mails[0]) is None
    assert open_box.ballots.rows("SELECT invited -> '' FROM wave WHERE id = %s", str(wave.pk)) == [(10,)]
