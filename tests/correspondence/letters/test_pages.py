"""The queue, a batch and the letterhead, as people use them."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from contacts.models import Interaction
from correspondence.letters import batches, queue
from correspondence.models import Letterhead, Piece, PrintBatch
from tests import factories as make
from tests.correspondence.letters.conftest import letter
from tests.correspondence.letters.sheets import read, squeezed, texts
from tests.correspondence.letters.test_pdf import PICTURES

pytestmark = pytest.mark.django_db
QUEUE = "/letters/"


def page(client: Client, at: str = QUEUE) -> str:
    return squeezed(client.get(at).content.decode())


def body(response) -> bytes:
    return b"".join(response.streaming_content)


class TestQueue:
    def test_an_empty_queue_says_what_would_be_here(self, as_owner):
        assert "No letter waits to be printed" in page(as_owner)

    def test_it_names_what_is_wrong_and_the_page_that_mends_it(self, as_owner, owner):
        bad = letter(owner, street="", name="Borg")
        letter(owner, name="Acme", postal_code="12")
        text = page(as_owner)
        assert "Missing in the address: street." in text
        assert f'href="{reverse("accounts:edit", args=[bad.account_id])}"' in text
        assert "12 is no postal code of Norway; one looks like 0025." in text
        named = page(as_owner, "/letters/check/")
        assert "letter stays behind when you print" in named
        assert "Borg" in named
        assert "Acme" not in named

    def test_of_a_long_queue_some_are_looked_at(self, as_owner, owner, monkeypatch):
        for n in range(5):
            letter(owner, street="", name=f"Borg {n}")
        monkeypatch.setattr(queue, "AT_ONCE", 2)
        monkeypatch.setattr(queue, "NAMED", 3)
        named = page(as_owner, "/letters/check/")
        assert ("The first 3 of 5" in named, "at least" in named) == (True, False)
        monkeypatch.setattr(queue, "LOOKED_AT", 4)
        named = page(as_owner, "/letters/check/")
        assert ("The first 3 of 4" in named, "at least" in named, "Borg 3" in named) == (True, True, False)
        Account.objects.update(street="Gata 1")
        assert "The 4 oldest have complete addresses" in page(as_owner, "/letters/check/")

    def test_more_than_a_batch_holds_wait_and_are_counted(self, as_owner, owner, monkeypatch):
        monkeypatch.setattr(batches, "MOST", 2)
        for _ in range(3):
            letter(owner)
        answer = as_owner.post(f"{QUEUE}print/", {"all": "1"}, follow=True)
        assert "One batch holds 2 letters; 1 more waits" in squeezed(answer.content.decode())

    def test_it_shows_by_sender_and_language(self, as_owner, owner):
        other = make.make_user(display_name="Ola Deputy", deputy=None)
        other.deputy = owner
        other.save()
        letter(owner, name="Acme", language="nb")
        letter(owner, name="Borg", language="de")
        letter(other, name="Claus", language="de")
        assert [name in page(as_owner) for name in ("Acme", "Borg", "Claus")] == [True] * 3
        text = page(as_owner, f"{QUEUE}?language=de&sender={owner.pk}")
        assert [name in text for name in ("Acme", "Borg", "Claus")] == [False, True, False]
        assert "German" in text
        assert "No letter in the queue is like that" in page(as_owner, f"{QUEUE}?language=fr")

    def test_two_and_twenty_letters_cost_the_same(self, as_owner, owner, django_assert_max_num_queries):
        for _ in range(2):
            letter(owner)
        page(as_owner)
        with django_assert_max_num_queries(25) as few:
            page(as_owner)
        for _ in range(18):
            letter(owner)
        with django_assert_max_num_queries(len(few)):
            page(as_owner)

    @pytest.mark.parametrize("data", [{}, {"piece": "x"}, {"piece": ["999999999999"]}])
    def test_without_a_tick_nothing_is_printed(self, as_owner, owner, data):
        letter(owner)
        answer = as_owner.post("/letters/print/", data, follow=True)
        assert "Tick some rows first" in answer.content.decode()
        assert not PrintBatch.objects.exists()

    def test_ticked_ones_or_all_that_the_filter_shows(self, as_owner, owner):
        first, second = letter(owner, language="nb"), letter(owner, language="de")
        third = letter(owner, language="de")
        as_owner.post("/letters/print/", {"piece": [first.pk], "query": ""})
        [batch] = PrintBatch.objects.all()
        assert [line.piece for line in batch.lines.all()] == [first]
        as_owner.post("/letters/print/", {"all": "1", "query": "language=de"})
        newer = PrintBatch.objects.latest("id")
        assert {line.piece for line in newer.lines.all()} == {second, third}

    def test_one_letter_is_looked_at_before_it_is_printed(self, as_owner, owner):
        piece = letter(owner, state="draft", body="Hei Eva,\n\n- **ett**\n- to\n\nHilsen")
        answer = as_owner.get(f"/letters/{piece.pk}/pdf/")
        assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
        [text] = texts(body(answer))
        assert "Hei Eva, • ett • to Hilsen Kari Holm Key accounts" in text
        mail = make.make_piece(piece.contact, owner)
        assert as_owner.get(f"/letters/{mail.pk}/pdf/").status_code == 404

    def test_taking_a_letter_back_needs_a_reason(self, as_owner, owner):
        piece = letter(owner)
        at = f"/letters/{piece.pk}/cancel/"
        assert as_owner.post(at, {"reason": ""}).status_code == 422
        as_owner.post(at, {"reason": "Wrong price"})
        piece.refresh_from_db()
        assert (piece.state, piece.reason) == ("cancelled", "Wrong price")


class TestBatch:
    def printed(self, owner, *letters):
        batch = batches.start(owner, Piece.objects.letters_to_print().order_by("id"))
        batches.work(batch.pk)
        return f"/letters/printed/{batch.pk}/"

    def test_it_asks_again_while_a_worker_has_it(self, as_owner, owner):
        letter(owner)
        batch = batches.start(owner, Piece.objects.letters_to_print())
        at = f"/letters/printed/{batch.pk}/"
        text = page(as_owner, at)
        assert 'hx-trigger="every 1s"' in text
        assert "Waiting for a worker" in text
        batches.work(batch.pk)
        assert 'hx-trigger="every 1s"' not in page(as_owner, at)

    def test_from_the_pdf_to_the_post(self, as_owner, owner):
        good = letter(owner, name="Acme")
        letter(owner, name="Borg", street="")
        at = self.printed(owner)
        text = page(as_owner, at)
        assert "Not printed, and why" in text
        assert "Missing in the address: street." in text
        assert len(read(body(as_owner.get(f"{at}pdf/"))).pages) == 1
        [labels] = texts(body(as_owner.get(f"{at}labels/?first=4")))
        assert good.account.name in labels
        assert "Borg" not in labels
        answer = as_owner.post(f"{at}post/", {"on": "2026-11-25"}, follow=True)
        assert "Posted, and noted on the accounts." in answer.content.decode()
        assert Interaction.objects.get().happened_on == date(2026, 11, 25)
        assert "1 letter waits" not in page(as_owner)

    @pytest.mark.parametrize(
        ("to", "data", "words"),
        [
            ("post/", {"on": ""}, "Enter the day"),
            ("post/", {"on": "2026-11-27"}, "Letters are posted today"),
            ("labels/", {"first": "22"}, "from 1 to 21"),
            ("labels/", {}, "from 1 to 21"),
        ],
    )
    def test_bad_input_is_said_and_changes_nothing(self, as_owner, owner, to, data, words):
        letter(owner)
        at = self.printed(owner)
        ask = as_owner.post if to == "post/" else as_owner.get
        assert words in ask(f"{at}{to}", data, follow=True).content.decode()
        assert not Interaction.objects.exists()

    def test_one_of_them_again_then_all(self, as_owner, owner):
        for _ in range(2):
            letter(owner)
        at = self.printed(owner)
        line = PrintBatch.objects.get().lines.get(position=1)
        as_owner.post(f"{at}again/", {"line": line.pk})
        assert Piece.objects.letters_to_print().get() == line.piece
        answer = as_owner.post(f"{at}again/", {}, follow=True)
        assert "1 letter waits to be printed again." in answer.content.decode()
        assert Piece.objects.letters_to_print().count() == 2
        assert as_owner.post(f"{at}again/", {"line": "x"}).status_code == 404

    def test_while_a_worker_has_it_nothing_else_is_done(self, as_owner, owner):
        letter(owner)
        batch = batches.start(owner, Piece.objects.letters_to_print())
        answer = as_owner.post(f"/letters/printed/{batch.pk}/again/", {}, follow=True)
        assert "wait until it is done" in answer.content.decode()


class TestLetterhead:
    values = {
        "name": "Hollerbeck Pumps", "street": "Storgata 1", "postal_code": "0150", "city": "Oslo",
        "country": "NO", "phone": "+47 22 00 00 00", "email": "post@tend.example",
        "website": "tend.example", "footer": "Org. 999 999 999\nBank 1234",
    }  # fmt: skip

    @pytest.fixture
    def admin(self, owner):
        owner.roles = ["salesperson", "admin"]
        owner.save()
        client = Client()
        client.force_login(owner)
        return client

    def test_it_stands_on_every_letter(self, admin, owner):
        logo = SimpleUploadedFile("logo.png", PICTURES["png"])
        answer = admin.post("/letters/letterhead/", self.values | {"logo": logo})
        assert answer.status_code == 302
        made = body(admin.get(f"/letters/{letter(owner, country='DE', postal_code='50667').pk}/pdf/"))
        [text] = texts(made)
        for words in (
            "Hollerbeck Pumps · Storgata 1 · 0150 Oslo",
            "+47 22 00 00 00",
            "Bank 1234",
            "TYSKLAND",
        ):
            assert words in text
        assert len(read(made).pages[0].images) == 1
        admin.post("/letters/letterhead/", self.values | {"no_logo": "on"})
        made = body(admin.get(f"/letters/{letter(owner).pk}/pdf/"))
        assert not read(made).pages[0].images

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"logo": ("a.png", b"<svg/>")}, "no PNG or JPEG"),
            ({"logo": ("a.png", PICTURES["png"][:60])}, "damaged"),
            ({"logo": ("a.png", PICTURES["png"][:16] + b"\xff" * 8 + PICTURES["png"][24:])}, "pixels"),
            ({"logo": ("a.png", PICTURES["png"] + b"\0" * 600_000)}, "kB"),
            ({"footer": "1\n2\n3\n4\n5"}, "At most 4 lines"),
            ({"name": "李"}, "cannot be printed: 李"),
            ({"email": "nobody"}, "valid email"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_stored(self, admin, wrong, words):
        wrong = {
            name: SimpleUploadedFile(*value) if name == "logo" else value for name, value in wrong.items()
        }
        answer = admin.post("/letters/letterhead/", self.values | wrong)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "Storgata 1" in answer.content.decode()
        assert not Letterhead.objects.exists()

    def test_the_preview_follows_what_is_typed_and_stores_nothing(self, admin):
        before = admin.get("/letters/letterhead/").content
        after = admin.post("/letters/letterhead/preview/", self.values).content
        assert b"data:image/png;base64," in before
        assert b"data:image/png;base64," in after
        assert before[before.index(b"base64,") :][:5_000] != after[after.index(b"base64,") :][:5_000]
        wrong = admin.post("/letters/letterhead/preview/", self.values | {"footer": "1\n2\n3\n4\n5"})
        assert "At most 4 lines" in wrong.content.decode()
        assert not Letterhead.objects.exists()

    def test_what_a_colleague_saved_meanwhile_is_not_overwritten(self, admin):
        admin.post("/letters/letterhead/", self.values)
        old = self.values | {"version": "2026-11-26T11:00:00+00:00", "street": "Lillegata 2"}
        answer = admin.post("/letters/letterhead/", old)
        assert answer.status_code == 422
        assert "A colleague saved this" in answer.content.decode()
        assert Letterhead.get().street == "Storgata 1"

    def test_letters_are_printed_though_the_logo_is_gone(self, admin, owner):
        admin.post(
            "/letters/letterhead/", self.values | {"logo": SimpleUploadedFile("l.png", PICTURES["png"])}
        )
        logo = Letterhead.get().logo
        logo.storage.delete(logo.name)
        assert admin.get(f"/letters/{letter(owner).pk}/pdf/").status_code == 200
