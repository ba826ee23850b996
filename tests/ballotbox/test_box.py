"""The ballot box over HTTP: what it takes, what it refuses, and that all its answers look alike."""

from __future__ import annotations

import hmac
import html
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from ballotbox import sealing, tickets
from ballotbox.tickets import Ticket
from tests.ballotbox.surveys import long_survey
from tests.ballotbox.waves import put
from tests.ballots import Box, Page, Wave, start_box

pytestmark = pytest.mark.xdist_group("box")

GOOD = {
    "recommend": "9",
    "change": "Blåbær ✓ & <b>Pumps</b>",
    "process.invoice": "na",
    "process.delivery": "4",
}
SAID = {"recommend": 9, "change": "Blåbær ✓ & <b>Pumps</b>", "process": {"invoice": "na", "delivery": 4}}
NEVER = {"set-cookie", "etag", "last-modified", "location", "x-request-id"}


@pytest.fixture
def wave(box: Box) -> Wave:
    return box.wave()


def state(box: Box) -> list[tuple[Any, ...]]:
    """All that a ballot table can show: rows, their place and their transaction."""
    return box.ballots.rows("SELECT wave, tag, sealed, xmin::text, ctid::text FROM ballot ORDER BY tag")


def alike(page: Page) -> tuple[Any, ...]:
    """All that a stranger can compare; the clock in `Date` tells only when."""
    return page.status, page.body, sorted((k, v) for k, v in page.headers.items() if k != "date")


def visible(page: Page) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


# -- A ballot -------------------------------------------------------------------------------------------


def test_a_valid_submit_is_one_sealed_ballot_with_tag_and_codes(box: Box, wave: Wave) -> None:
    done = box.post(f"/s/{wave.ticket(tag=b't' * 16, codes={'tier': 'Large'})}", GOOD)
    assert done.status == 200
    assert "Thank you" in visible(done)
    mark = tickets.mark_of(wave.ticket_key, tickets.Ticket(wave.id, b"t" * 16))
    assert wave.said() == [{"answers": SAID, "codes": {"tier": "Large"}, "mark": mark.hex(), "day": 10}]
    assert box.ballots.rows("SELECT wave::text, tag FROM ballot")[0][0] == str(wave.id)


def test_the_tag_beside_a_ballot_follows_from_nothing_that_is_kept(box: Box, wave: Wave) -> None:
    ticket = wave.ticket(tag=b"t" * 16)
    box.post(f"/s/{ticket}", GOOD)
    mark = tickets.mark_of(wave.ticket_key, tickets.read(wave.ticket_key, ticket))
    tag = bytes(box.ballots.rows("SELECT tag FROM ballot")[0][0])
    keys = [wave.ticket_key, wave.private_key, bytes(32), wave.id.bytes]
    worked_out = {hmac.digest(key, wave.id.bytes + mark, "sha256")[:16] for key in keys}
    assert tag not in worked_out | {b"t" * 16, mark}


def test_another_process_or_day_has_other_tags_and_the_mark_inside_is_the_same(
    box: Box, wave: Wave, tmp_path: Path
) -> None:
    box.post(f"/s/{wave.ticket(tag=b't' * 16)}", {"recommend": "9"})
    with start_box(box.ballots.box_url, box.ballots.waves, tmp_path / "box.log") as again:
        assert again.post(f"/s/{wave.ticket(tag=b't' * 16)}", {"recommend": "1"}).status == 200
    assert box.ballots.count() == 2
    assert len({each["mark"] for each in wave.said()}) == 1


def test_the_first_ballot_of_an_invitation_counts(box: Box, wave: Wave) -> None:
    first, second = (wave.ticket(tag=b"t" * 16) for _ in range(2))  # the mail and its follow-up
    assert first != second
    one = box.post(f"/s/{first}", {"recommend": "9"})
    before = state(box)
    two = box.post(f"/s/{second}", {"recommend": "1"})
    assert alike(one) == alike(two)
    assert state(box) == before
    assert [each["answers"]["recommend"] for each in wave.said()] == [9]


def test_whoever_answered_before_there_were_tags_of_a_day_has_answered(box: Box, wave: Wave) -> None:
    key, link = sealing.public_key_of(wave.private_key), b"t" * 16
    put(box.ballots, wave.id, sealing.seal(key, wave.id, {"answers": {"recommend": 9}}), tag=link)
    before = state(box)
    first = box.post(f"/s/{wave.ticket()}", GOOD)
    assert alike(box.post(f"/s/{wave.ticket(tag=link)}", {"recommend": "1"})) == alike(first)
    assert [row for row in state(box) if bytes(row[1]) == link] == before
    assert box.ballots.count() == 2


def test_a_hundred_clicks_at_once_are_one_ballot_and_one_page(box: Box, wave: Wave) -> None:
    ticket = wave.ticket()
    with ThreadPoolExecutor(50) as pool:
        pages = list(pool.map(lambda n: box.post(f"/s/{ticket}", {"recommend": str(n % 11)}), range(50)))
    assert {page.status for page in pages} == {200}
    assert len({repr(alike(page)) for page in pages}) == 1
    assert box.ballots.count() == 1


def test_many_customers_at_once_lose_nothing(box: Box, wave: Wave) -> None:
    with ThreadPoolExecutor(30) as pool:
        pages = list(
            pool.map(lambda n: box.post(f"/s/{wave.ticket()}", {"recommend": str(n % 11)}), range(60))
        )
    assert {page.status for page in pages} == {200}
    assert Counter(each["answers"]["recommend"] for each in wave.said()) == Counter(n % 11 for n in range(60))


def test_a_test_ticket_looks_the_same_and_is_never_kept(box: Box, wave: Wave) -> None:
    ticket = wave.ticket(is_test=True)
    assert "This is a test" in visible(box.get(f"/s/{ticket}"))
    tried, real = box.post(f"/s/{ticket}", GOOD), box.post(f"/s/{wave.ticket()}", GOOD)
    assert alike(tried) == alike(real)
    assert box.ballots.count() == 1


def test_the_ballot_is_not_readable_without_the_tallys_key(box: Box, wave: Wave) -> None:
    box.post(f"/s/{wave.ticket()}", GOOD)
    sealed = bytes(box.ballots.rows("SELECT sealed FROM ballot")[0][0])
    with pytest.raises(sealing.SealError):
        sealing.unseal(sealing.new_private_key(), wave.id, sealed)
    with pytest.raises(sealing.SealError):
        sealing.unseal(wave.private_key, uuid4(), sealed)


# -- One size -------------------------------------------------------------------------------------------


def test_all_ballots_and_all_pages_of_a_kind_have_one_size(box: Box) -> None:
    wave = box.wave(long_survey())
    few, much = {"recommend": "9"}, {"recommend": "10", "change": "ø" * 1500, "steps.offer": "na"}
    sizes: dict[str, set[int]] = {"form": set(), "thanks": set(), "refused": set(), "neutral": set()}
    for language in ("en", "de", "nb"):
        for form in (few, much):
            ticket = wave.ticket(language=language, codes={"tier": "L" * (len(form) * 4)})
            sizes["form"].add(len(box.get(f"/s/{ticket}").body))
            sizes["refused"].add(len(box.post(f"/s/{ticket}", form | {"recommend": ""}).body))
            sizes["form"].add(len(box.post(f"/s/{ticket}", form | {"_show": "de"}).body))
            sizes["thanks"].add(len(box.post(f"/s/{ticket}", form).body))
            sizes["neutral"].add(len(box.get(f"/s/{ticket[:-2]}1").body))
    assert {kind: len(found) for kind, found in sizes.items()} == dict.fromkeys(sizes, 1)
    assert sizes["form"] == sizes["refused"]
    assert box.ballots.rows("SELECT DISTINCT octet_length(sealed) FROM ballot") == [(sealing.SEALED_BYTES,)]
    assert box.ballots.count() == 6


# -- Opening is pure -----------------------------------------------------------------------------------


def test_scanners_change_nothing(box: Box, wave: Wave) -> None:
    box.post(f"/s/{wave.ticket()}", GOOD)
    before, link = state(box), f"/s/{wave.ticket()}"
    scans = [
        ("GET", {}),
        ("HEAD", {}),
        ("OPTIONS", {}),
        ("GET", {"Purpose": "prefetch", "Sec-Purpose": "prefetch"}),
    ]
    with ThreadPoolExecutor(10) as pool:
        pages = list(pool.map(lambda each: box.ask(each[0], link, **each[1]), scans * 100))
    assert {page.status for page in pages} == {200, 405}
    for form in ({}, {"product": "5"}, {"recommend": ""}, {"recommend": "eleven"}, {"x": "y"}):
        for _ in range(10):
            assert box.post(link, form).status == 422
    assert box.post(link, GOOD | {"_show": "de"}).status == 200  # another language is no submit
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert box.ask(method, link).status == 405
    assert state(box) == before


def test_head_is_get_without_the_page(box: Box, wave: Wave) -> None:
    for link in (f"/s/{wave.ticket()}", "/s/nothing", f"/w/{wave.id}", "/static/survey.css"):
        head, get = box.ask("HEAD", link), box.get(link)
        assert head.body == b""
        assert head.status == get.status
        assert head.headers["content-length"] == str(len(get.body))


# -- Links that open nothing ---------------------------------------------------------------------------


def refused_links(box: Box, wave: Wave) -> dict[str, str]:
    ticket = wave.ticket()
    other, over, gone = box.wave(), box.wave(), box.wave()
    over.publish(closes=datetime.now(UTC).date() - timedelta(days=1))
    gone.publish(ticket_key=None, public_key=None)
    unknown = tickets.write(tickets.new_key(), Ticket(uuid4(), b"t" * 16))
    halfway = box.wave()
    halfway.publish(public_key=None)
    return {
        "rubbish": "x",
        "cut": ticket[:-10] + "1",
        "forged": ticket[:60] + ("A" if ticket[60] != "A" else "B") + ticket[61:],
        "of another wave's key": tickets.write(other.ticket_key, Ticket(wave.id, b"t" * 16)),
        "of an unknown wave": unknown,
        "of a wave that is over": over.ticket(),
        "a test of a wave that is over": over.ticket(is_test=True),
        "of a wave whose keys are destroyed": gone.ticket(),
        "of a wave without a public key": halfway.ticket(),
        "long": "A" * 900 + "1",
        "not ASCII": "%C3%A5" * 30 + "1",
    }


def test_whatever_opens_nothing_gets_one_and_the_same_page(box: Box, wave: Wave) -> None:
    links = refused_links(box, wave)
    nowhere = alike(box.get("/no/such/page"))
    assert nowhere[0] == 404
    for why, link in links.items():
        assert alike(box.get(f"/s/{link}")) == nowhere, why
        assert alike(box.post(f"/s/{link}", GOOD)) == nowhere, why
    assert alike(box.get(f"/w/{uuid4()}")) == nowhere
    assert box.ballots.count() == 0


def test_a_refusal_takes_the_same_time_whatever_the_reason(box: Box, wave: Wave) -> None:
    """Not a measurement of microseconds: no answer comes before the moment that all of them wait for."""
    for link in refused_links(box, wave).values():
        before = datetime.now(UTC)
        box.get(f"/s/{link}")
        assert datetime.now(UTC) - before >= timedelta(seconds=0.05)


def test_thanks_take_the_same_time_whether_anything_was_kept(box: Box, wave: Wave) -> None:
    for ticket in (wave.ticket(tag=b"t" * 16), wave.ticket(tag=b"t" * 16), wave.ticket(is_test=True)):
        before = datetime.now(UTC)
        assert box.post(f"/s/{ticket}", GOOD).status == 200
        assert datetime.now(UTC) - before >= timedelta(seconds=0.15)


def test_the_last_day_is_a_day_of_the_companys_clock(box: Box) -> None:
    now = datetime.now(UTC)
    # Whatever the hour is in Greenwich: on one of these two islands it is another day than there, and none
    # ends within the next hour.
    zone = ZoneInfo("Etc/GMT+12" if now.hour < 11 else "Etc/GMT-14")
    local = now.astimezone(zone).date()
    last, late = box.wave(), box.wave()
    last.publish(time_zone=zone.key, closes=local)
    late.publish(time_zone=zone.key, closes=local - timedelta(days=1))
    assert box.post(f"/s/{last.ticket()}", GOOD).status == 200
    assert box.post(f"/s/{late.ticket()}", GOOD).status == 404


# -- Mistakes lose nothing ------------------------------------------------------------------------------


def test_problems_are_listed_and_all_that_was_typed_is_still_there(box: Box, wave: Wave) -> None:
    form = {
        "product": "4", "reason": "other", "problems": ["price", "advice", "invoice"],
        "change": "<script>alert(1)</script>\nwhole\n",
    }  # fmt: skip
    page = box.post(f"/s/{wave.ticket()}", form)
    assert page.status == 422
    assert "Error:" in page.text.split("</title>")[0]
    for key in ("recommend", "problems"):
        assert f'href="#q-{key}"' in page.text
        assert len(re.findall(f'id="q-{key}"', page.text)) == 1
    assert "Please choose at most 2." in visible(page)
    checked = re.findall(r'name="([^"]+)" value="([^"]*)"[^>]*checked', page.text)
    assert sorted(checked) == sorted(
        [
            ("product", "4"),
            ("reason", "other"),
            ("problems", "price"),
            ("problems", "advice"),
            ("problems", "invoice"),
        ]
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\nwhole\n</textarea>" in page.text.replace("\r\n", "\n")
    assert box.ballots.count() == 0


def test_too_long_a_text_says_by_how_much(box: Box, wave: Wave) -> None:
    page = box.post(f"/s/{wave.ticket()}", {"recommend": "9", "change": "x" * 3123})
    assert page.status == 422
    assert "Your texts are 123 characters too long" in visible(page)
    assert 'href="#q-change"' in page.text
    assert "x" * 3123 in page.text
    huge = box.post(f"/s/{wave.ticket()}", {"recommend": "9", "change": "x" * 1_000_000})
    assert huge.status == 422
    assert "x" * 1_000_000 in huge.text


def test_what_no_browser_sends_is_refused_in_words(box: Box, wave: Wave) -> None:
    link = f"/s/{wave.ticket()}"
    for form in ({"change": "x" * 2_100_000}, {f"f{n}": "1" for n in range(600)}):
        page = box.post(link, form)
        assert page.status == 400
        assert "Nothing was lost" in visible(page)
    assert box.ballots.count() == 0


def test_another_language_keeps_what_was_typed(box: Box, wave: Wave) -> None:
    page = box.post(f"/s/{wave.ticket()}", {"recommend": "7", "change": "Hei", "_show": "de"})
    assert "Würden Sie uns empfehlen?" in page.text
    assert re.search(r'name="recommend" value="7"[^>]*checked', page.text)
    assert ">\nHei</textarea>" in page.text
    still = box.post(f"/s/{wave.ticket()}", {"change": "Hei", "_language": "de"})
    assert still.status == 422
    assert "Würden Sie uns empfehlen?" in still.text


@pytest.mark.parametrize("wanted", ["en", "de", "de-at", "fr"])
def test_a_survey_opens_in_the_language_of_its_ticket(box: Box, wave: Wave, wanted: str) -> None:
    seen = "Würden Sie" if wanted.startswith("de") else "Would you"
    assert seen in box.get(f"/s/{wave.ticket(language=wanted)}").text


def test_shuffled_options_come_in_any_order_and_other_stays_last(box: Box) -> None:
    wave = box.wave(long_survey())
    orders = set()
    for _ in range(12):
        page = box.get(f"/s/{wave.ticket(tag=b't' * 16)}").text
        order = tuple(re.findall(r'type="radio" name="reason" value="([a-z]+)"', page))
        assert order[-1] == "other"
        orders.add(order)
    assert len(orders) > 1


# -- When something is down -----------------------------------------------------------------------------


def test_without_its_database_nothing_is_lost_and_nothing_is_written(
    box: Box, wave: Wave, tmp_path: Path
) -> None:
    nowhere = f"postgres://tend_box:secret-word@/{tmp_path}/gone"
    with start_box(nowhere, box.ballots.waves, tmp_path / "box.log", TMPDIR=str(tmp_path)) as lonely:
        ticket = wave.ticket()
        assert lonely.get(f"/s/{ticket}").status == 200
        page = lonely.post(f"/s/{ticket}", GOOD)
        assert page.status == 503
        assert "Nothing was lost" in visible(page)
        assert html.escape(GOOD["change"]) in page.text
        assert len(page.body) == len(lonely.get(f"/s/{ticket}").body)
        logged = lonely.logged()
    assert "OperationalError" in logged
    for secret in (ticket, "secret-word", "Blåbær", "127.0.0.1 ", "/s/", str(wave.id), "Traceback"):
        assert secret not in logged.replace(f"http://127.0.0.1:{lonely.url.rpartition(':')[2]}", ""), secret
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("keys", "box.log")] == []


def test_a_wave_whose_table_is_not_there_loses_nothing(box: Box) -> None:
    wave = box.wave()
    box.ballots.rows(f"DROP TABLE ballot_{wave.id.hex}; SELECT 1")
    page = box.post(f"/s/{wave.ticket()}", GOOD)
    assert page.status == 503
    assert html.escape(GOOD["change"]) in page.text


# -- What it says to everybody --------------------------------------------------------------------------


def test_no_page_sets_a_cookie_or_lets_anything_be_kept(box: Box, wave: Wave) -> None:
    link = f"/s/{wave.ticket()}"
    pages = [
        box.get(link), box.post(link, {}), box.post(link, GOOD), box.get("/s/x"), box.get(f"/w/{wave.id}"),
        box.get("/"), box.ask("OPTIONS", link), box.ask("GET", link, Cookie="sessionid=1; csrftoken=2"),
    ]  # fmt: skip
    for page in pages:
        assert not NEVER & set(page.headers)
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in page.headers["x-robots-tag"]
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'")
        assert "unsafe" not in policy
        assert "csrf" not in page.text
    assert "Disallow: /" in box.get("/robots.txt").text


def test_it_answers_under_its_own_names_only(box: Box, wave: Wave) -> None:
    assert box.ask("GET", f"/s/{wave.ticket()}", Host="evil.example.org").status == 400


def test_its_log_knows_nobody(box: Box, wave: Wave) -> None:
    ticket = wave.ticket()
    headers = {
        "User-Agent": "canary-agent",
        "X-Forwarded-For": "203.0.113.77",
        "Referer": "http://canary.example/",
    }
    box.ask("GET", f"/s/{ticket}", **headers)
    box.ask("POST", f"/s/{ticket}", {"recommend": "9", "change": "canary-text"}, **headers)
    box.ask("POST", f"/s/{ticket}", {"change": "canary-text" * 300_000}, **headers)
    box.ask("GET", "/s/canary-link", **headers)
    box.ask("GET", f"/s/{ticket}", Host="canary.example.org")
    logged = box.logged()
    assert "Listening at" in logged  # it is the right file
    for secret in ("canary", "203.0.113", ticket, ticket[:40], str(wave.id), "/s/", "Traceback"):
        assert secret not in logged, secret
    assert not re.search(r"\d\d:\d\d:\d\d", logged)


def test_the_page_of_a_wave_says_what_is_stored_and_what_became_of_the_keys(box: Box, wave: Wave) -> None:
    said = visible(box.get(f"/w/{wave.id}"))
    assert sealing.fingerprint(sealing.public_key_of(wave.private_key)) in said
    for words in (
        "No number of fewer than 8 answers",
        "at least 10 people wrote one",
        "fewer than 20 people",
    ):
        assert words in said
    assert "exist until the results are released" in said
    assert "kept on no disk and overwritten when the day ends" in said
    held = {"state": "held", "held_for": "surplus"}
    wave.publish(ticket_key=None, public_key=None, public=held)
    assert "more answers than invitations: held, nothing is shown" in visible(box.get(f"/w/{wave.id}"))
    over = date(2027, 1, 30)
    public = {"state": "released", "released_on": str(over), "key_destroyed_on": str(over)}
    wave.publish(ticket_key=None, public_key=None, public=public)
    said = visible(box.get(f"/w/{wave.id}"))
    assert "released on 30 January 2027" in said
    assert "destroyed on 30 January 2027: no ballot of this survey can be opened any more" in said


def test_too_much_from_one_address_is_told_to_wait(box: Box, wave: Wave, tmp_path: Path) -> None:
    with start_box(box.ballots.box_url, box.ballots.waves, tmp_path / "box.log", BOX_RATE="1",
                   TRUSTED_PROXY_COUNT="1") as strict:  # fmt: skip
        link = f"/s/{wave.ticket()}"

        def ask(address: str) -> int:
            return strict.ask("GET", link, **{"X-Forwarded-For": f"198.51.100.1, {address}"}).status

        answers = [ask("203.0.113.7") for _ in range(30)]
        assert answers[0] == 200
        assert 429 in answers
        assert ask("203.0.113.8") == 200  # others are welcome
        assert "203.0.113" not in strict.logged()
