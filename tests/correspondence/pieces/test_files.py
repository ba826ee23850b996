"""What goes with a mail: whole, whatever becomes of the account's files, and nothing is left lying."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts import files, stored_files
from correspondence.models import Piece, PieceFile
from correspondence.pieces import afterwards, services
from correspondence.services import send_due
from tests import factories as make
from tests.correspondence.pieces.test_writing import PDF, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari(client: Any, owner: Any) -> Any:
    make.make_identity(owner)
    client.force_login(owner)
    return client


@pytest.fixture
def quote(account: Any, owner: Any) -> Any:
    return make.make_file(account, owner)


@pytest.fixture
def draft(eva: Any, owner: Any, quote: Any) -> Any:
    """A mail that encloses a file of the account."""
    found = make.make_piece(eva, owner)
    PieceFile.objects.create(
        piece=found, account_file=quote, name=quote.name, kind=quote.kind, size=quote.size
    )
    return found


def forget(user: Any, file: Any) -> None:
    """Removed from the account, and its content with it."""
    files.remove_file(user, file)
    stored_files.forget_removed(timezone.now() + timedelta(days=2))


def stored(media_root: Any) -> list[Path]:
    return [path for path in Path(media_root).rglob("pieces/*") if path.is_file()]


def test_a_queued_mail_keeps_what_the_account_forgets(kari, owner, quote, draft):
    services.queue(owner, draft)
    forget(owner, quote)
    send_due()
    [mail] = django_mail.outbox
    assert [tuple(one)[:2] for one in mail.attachments] == [("quote.pdf", b"%PDF-1.7 quote")]
    row = PieceFile.objects.get()
    answer = kari.get(reverse("correspondence:piece_file", args=[row.pk]))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 quote"
    again = afterwards.write_again(owner, services_left(draft))
    assert again.files.get().file == row.file


def services_left(piece: Piece) -> Piece:
    piece.refresh_from_db()
    assert piece.state == "left"
    return piece


def test_what_was_removed_does_not_leave_with_a_draft(kari, owner, quote, draft):
    files.remove_file(owner, quote)
    with pytest.raises(ValidationError, match=r"quote\.pdf is not on the account any more"):
        services.queue(owner, draft)
    at = reverse("correspondence:piece", args=[draft.pk])
    refused = kari.post(at, opened(kari, at) | {"act": "send"})
    assert "quote.pdf is not on the account" in refused.context["form"].errors["uploads"][0]
    kari.post(at, opened(kari, at) | {"act": "send", "kept": []})
    draft.refresh_from_db()
    assert draft.state == "queued"


def test_a_file_whose_content_is_gone_is_said_to_be_gone(kari, owner, quote, draft):
    forget(owner, quote)
    answer = kari.get(reverse("correspondence:piece_file", args=[PieceFile.objects.get().pk]))
    assert answer.status_code == 404
    assert "was removed from the account" in answer.content.decode()


def test_what_is_refused_leaves_no_file_behind(kari, owner, account, eva, settings):
    """The upload is good, and the words are not: everything is undone, the disk too."""
    at = reverse("correspondence:write", args=[account.pk])
    sent = opened(kari, at) | {"subject": "Offer", "body": "Hello {{gift}}", "act": "send"}
    assert kari.post(at, sent | {"uploads": [SimpleUploadedFile("a.pdf", PDF)]}).status_code == 422
    assert stored(settings.MEDIA_ROOT) == []
    kari.post(at, sent | {"uploads": [SimpleUploadedFile("a.pdf", PDF)], "act": "draft"})
    assert len(stored(settings.MEDIA_ROOT)) == 1


def test_what_no_mail_names_is_swept_a_day_later(kari, account, eva, owner, settings):
    at = reverse("correspondence:write", args=[account.pk])
    sent = opened(kari, at) | {"subject": "Offer", "body": "Hello", "act": "draft"}
    kari.post(at, sent | {"uploads": [SimpleUploadedFile("a.pdf", PDF)]})
    [kept] = stored(settings.MEDIA_ROOT)
    stray = kept.with_name("stray")
    stray.write_bytes(PDF)
    with time_machine.travel(timezone.now() + timedelta(days=365 * 20)):  # whatever the disk's clock says
        assert stored_files.delete_stray(timezone.now() - stored_files.KEPT_FOR) == 1
    assert stored(settings.MEDIA_ROOT) == [kept]
