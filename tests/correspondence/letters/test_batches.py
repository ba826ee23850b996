"""From the queue to the post: printed once, whatever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from contacts.models import Interaction
from correspondence.letters import batches, parts, pdf
from correspondence.letters.typesetting import TypesettingError
from correspondence.models import Piece, PrintBatch
from correspondence.pieces import services
from correspondence.tasks import forget, print_letters, resume_letters
from tests import factories as make
from tests.correspondence.letters.conftest import letter
from tests.correspondence.letters.sheets import read, texts
from tests.queue import _database_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def few_at_once(monkeypatch):
    """Parts of two letters: a batch of five has three."""
    monkeypatch.setattr(batches, "AT_ONCE", 2)


def queue() -> object:
    return Piece.objects.letters_to_print().order_by("id")


def printed(user) -> PrintBatch:
    batch = batches.start(user, queue())
    print_letters(batch.pk)
    batch.refresh_from_db()
    return batch


def pages_of(batch) -> list[str]:
    with batch.file.open("rb") as content:
        return texts(content.read())


class TestPrinting:
    def test_every_letter_is_on_paper_once_in_the_order_of_the_queue(self, owner, few_at_once):
        letters = [letter(owner, name=f"Acme {n}") for n in range(5)]
        batch = printed(owner)

        assert (batch.state, batch.rows_done, batch.error) == ("ready", 5, "")
        found = pages_of(batch)
        assert [f"L-{piece.pk}" in page for piece, page in zip(letters, found, strict=True)] == [True] * 5
        for page in found:
            for words in ("Kari Holm", "Key accounts", "26. november 2026", "5003 Bergen"):
                assert words in page
        assert set(Piece.objects.values_list("state", flat=True)) == {"printed"}
        assert list(default_storage.listdir("letters")) == [[], [f"{batch.key.hex}.pdf"]]
        assert batch.size == batch.file.size
        with batch.file.open("rb") as content:
            assert read(content.read()).metadata.title == "Letters of 26 November 2026"

    def test_what_cannot_be_printed_stays_in_the_queue_and_says_why(self, owner):
        good = letter(owner)
        bad = {
            letter(owner, street="").pk: "street",
            letter(owner, postal_code="", city="").pk: "postal code, city",
            letter(owner, country="").pk: "country",
            letter(owner, left_on=date(2026, 11, 26)).pk: "has left",
            letter(owner, body="Dear 李").pk: "李",
            letter(owner, name="Acme 😀").pk: "😀",
        }
        batch = printed(owner)

        behind = {line.piece_id: line.reason for line in batch.lines.left_behind()}
        assert set(behind) == set(bad)
        for pk, words in bad.items():
            assert words in behind[pk]
        assert len(pages_of(batch)) == 1
        assert Piece.objects.get(state="printed") == good
        assert set(queue()) == set(Piece.objects.filter(pk__in=bad))

    def test_a_batch_of_nothing_but_bad_addresses_makes_no_file(self, owner):
        letter(owner, street="")
        batch = printed(owner)
        assert (batch.state, batch.file.name, batch.size) == ("ready", "", 0)

    def test_a_letter_that_another_batch_has_is_left_to_it(self, owner):
        letter(owner)
        first = batches.start(owner, queue())
        with pytest.raises(ValidationError, match="No letter"):
            batches.start(owner, queue())
        other = letter(owner)
        second = batches.start(owner, queue())
        assert [line.piece for line in second.lines.all()] == [other]
        assert first.rows_total == second.rows_total == 1

    def test_of_too_many_the_first_are_printed(self, owner, monkeypatch):
        monkeypatch.setattr(batches, "MOST", 2)
        letters = [letter(owner) for _ in range(3)]
        batch = printed(owner)
        assert [line.piece for line in batch.lines.order_by("position")] == letters[:2]
        assert list(queue()) == letters[2:]

    def test_letters_of_others_are_not_printed(self, owner):
        letter(make.make_user())
        with pytest.raises(ValidationError, match="No letter"):
            batches.start(owner, queue())

    def test_who_takes_one_back_meanwhile_is_told_to_find_its_sheets(self, owner, few_at_once, monkeypatch):
        letters = [letter(owner) for _ in range(4)]
        batch = batches.start(owner, queue())
        real = parts.join

        def joined(*args):
            services.cancel(owner, letters[0], "Wrong price")
            return real(*args)

        monkeypatch.setattr(parts, "join", joined)
        print_letters(batch.pk)

        letters[0].refresh_from_db()
        assert letters[0].state == "cancelled"
        [line] = batch.lines.left_behind()
        assert (line.piece, "sheets out of the pile" in line.reason) == (letters[0], True)
        assert batch.lines.on_paper().count() == 3

    def test_one_letter_that_breaks_the_typesetter_does_not_hold_up_the_others(self, owner, monkeypatch):
        poison, good = letter(owner, body="poison"), letter(owner)
        real, alone = pdf.letters_apart, pdf.letters

        def broken(setter):
            def letters(paper, sheets, title):
                if any("poison" in str(sheet.body) for sheet in sheets):
                    raise TypesettingError("boom")
                return setter(paper, sheets, title)

            return letters

        monkeypatch.setattr(pdf, "letters_apart", broken(real))
        monkeypatch.setattr(pdf, "letters", broken(alone))
        batch = printed(owner)

        assert batch.state == "ready"
        assert [line.piece for line in batch.lines.left_behind()] == [poison]
        assert [line.piece for line in batch.lines.on_paper()] == [good]

    def test_what_fails_five_times_gives_its_letters_back(self, owner, monkeypatch, clock):
        letter(owner)

        def full(*_args):
            raise OSError("No space left on device")

        monkeypatch.setattr(parts, "_write", full)
        batch = batches.start(owner, queue())
        for _ in range(batches.MAX_ATTEMPTS):
            print_letters(batch.pk)
            clock.shift(60)
        batch.refresh_from_db()
        assert batch.state == "failed"
        assert "five times" in batch.error
        monkeypatch.undo()
        assert printed(owner).lines.on_paper().count() == 1

    def test_the_costs_do_not_grow_with_the_letters(self, owner, django_assert_max_num_queries):
        for _ in range(2):
            letter(owner)
        few = batches.start(owner, queue())
        with django_assert_max_num_queries(40) as counted:
            print_letters(few.pk)
        for _ in range(20):
            letter(owner)
        many = batches.start(owner, queue())
        with django_assert_max_num_queries(len(counted)):
            print_letters(many.pk)


class TestDeadWorkers:
    def test_a_worker_whose_lease_is_over_is_followed_by_another(
        self, owner, few_at_once, monkeypatch, clock
    ):
        letters = [letter(owner) for _ in range(5)]
        batch = batches.start(owner, queue())
        real = pdf.letters_apart
        calls = []

        def dies(*args):
            calls.append(args)
            if len(calls) == 2:
                raise SystemExit  # as far as the batch sees: gone in the middle
            return real(*args)

        monkeypatch.setattr(pdf, "letters_apart", dies)
        with pytest.raises(SystemExit):
            print_letters(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.rows_done) == ("running", 2)

        print_letters(batch.pk)  # the lease still stands: nobody else has it
        assert len(calls) == 2
        clock.shift(batches.LEASE.total_seconds() + 1)
        rung = []
        monkeypatch.setattr(batches, "ring", rung.append)
        resume_letters()
        assert rung == [batch.pk]
        print_letters(batch.pk)

        batch.refresh_from_db()
        assert [f"L-{piece.pk}" in page for piece, page in zip(letters, pages_of(batch), strict=True)] == [
            True
        ] * 5

    def test_a_worker_that_was_given_up_writes_nothing(self, owner, monkeypatch):
        letter(owner)
        batch = batches.start(owner, queue())
        real = pdf.letters_apart

        def slow(*args):
            PrintBatch.objects.update(attempts=2)  # meanwhile another one has claimed it
            return real(*args)

        monkeypatch.setattr(pdf, "letters_apart", slow)
        print_letters(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.rows_done) == ("running", 0)
        assert set(batch.lines.values_list("state", flat=True)) == {"waiting"}

    @pytest.mark.parametrize("error", [OSError("disk full"), ValueError("a bug")])
    @pytest.mark.parametrize("attempts", [2, batches.MAX_ATTEMPTS])
    def test_a_worker_that_was_given_up_fails_nothing(self, owner, monkeypatch, error, attempts):
        """Another one has printed them meanwhile: they are on paper."""
        letter(owner)
        batch = batches.start(owner, queue())
        PrintBatch.objects.update(attempts=attempts - 2)
        real = pdf.letters_apart

        def slow(*args):
            monkeypatch.setattr(pdf, "letters_apart", real)
            PrintBatch.objects.update(lease_until=None)
            print_letters(batch.pk)
            raise error

        monkeypatch.setattr(pdf, "letters_apart", slow)
        print_letters(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.error) == ("ready", "")
        assert set(batch.lines.values_list("state", flat=True)) == {"printed"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["letters set", "letters committed"])
def test_killed_in_the_middle_each_letter_is_still_printed_once(owner, settings, step):
    letters = [letter(owner) for _ in range(3)]
    batch = batches.start(owner, queue())
    killed = subprocess.run(
        [sys.executable, "-m", "tests.correspondence.letters.dying", str(batch.pk)],
        env=os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": _database_url(),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT), "TEND_KILL_AT": step,
        },
        cwd=settings.BASE_DIR, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not Piece.objects.filter(state="printed").exists()

    PrintBatch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))  # of the dead
    print_letters(batch.pk)

    batch.refresh_from_db()
    assert [f"L-{piece.pk}" in page for piece, page in zip(letters, pages_of(batch), strict=True)] == [
        True
    ] * 3
    assert set(Piece.objects.values_list("state", flat=True)) == {"printed"}


class TestAfterwards:
    def test_posted_letters_are_interactions_of_that_day(self, owner):
        pieces = [letter(owner) for _ in range(2)]
        batch = batches.post(owner, printed(owner), date(2026, 11, 25))

        assert (batch.state, batch.posted_on, batch.posted_by) == ("posted", date(2026, 11, 25), owner)
        logs = Interaction.objects.order_by("account_id")
        assert [(log.kind, log.happened_on, log.contact_id) for log in logs] == [
            ("letter", date(2026, 11, 25), piece.contact_id) for piece in pieces
        ]
        with pytest.raises(ValidationError, match="None of these"):
            batches.post(owner, batch)
        assert Interaction.objects.count() == 2

    def test_many_are_noted_by_a_worker(self, owner, monkeypatch, few_at_once):
        monkeypatch.setattr(batches, "POSTED_AT_ONCE", 2)
        for _ in range(5):
            letter(owner)
        batch = batches.post(owner, printed(owner))
        assert (batch.state, Interaction.objects.count()) == ("posting", 0)
        print_letters(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.rows_done, Interaction.objects.count()) == ("posted", 5, 5)

    def test_a_day_to_come_is_refused(self, owner):
        letter(owner)
        batch = printed(owner)
        with pytest.raises(ValidationError) as refused:
            batches.post(owner, batch, date(2026, 11, 27))
        assert list(refused.value.message_dict) == ["on"]

    def test_after_a_paper_jam_all_or_one_wait_again(self, owner):
        for _ in range(3):
            letter(owner)
        batch = printed(owner)
        assert batches.print_again(owner, batch, batch.lines.get(position=2)) == 1
        assert queue().count() == 1
        assert batches.print_again(owner, batch) == 2
        assert queue().count() == 3
        second = printed(owner)
        assert second.lines.on_paper().count() == 3

    def test_what_is_posted_is_not_printed_again(self, owner):
        letter(owner)
        batch = batches.post(owner, printed(owner))
        assert batches.print_again(owner, batch) == 0

    def test_only_its_maker_and_who_acts_for_them_handle_a_batch(self, owner):
        letter(owner)
        batch = printed(owner)
        manager, stranger = make.make_user("manager"), make.make_user()
        owner.team = make.make_team(manager=manager)
        owner.save()
        with pytest.raises(PermissionDenied):
            batches.post(stranger, batch)
        with pytest.raises(PermissionDenied):
            batches.print_again(stranger, batch)
        assert batches.post(manager, batch).state == "posted"

    def test_the_pdf_is_deleted_after_thirty_days_and_the_letters_can_still_be_posted(self, owner, clock):
        letter(owner)
        batch = printed(owner)
        clock.shift(29 * 86_400)
        forget()
        batch.refresh_from_db()
        assert batch.file
        clock.shift(2 * 86_400)
        forget()
        batch.refresh_from_db()
        assert not batch.file
        assert default_storage.listdir("letters")[1] == []
        assert batches.post(owner, batch).state == "posted"

    def test_parts_that_a_dead_worker_left_are_deleted_with_it(self, owner, clock):
        letter(owner)
        batch = printed(owner)
        left = f"letters/{batch.key.hex}/000001.pdf"
        default_storage.save(left, ContentFile(b"%PDF"))
        batch.file.delete()
        clock.shift(31 * 86_400)
        forget()
        assert not default_storage.exists(left)
