"""A file that was uploaded and not imported yet does not bring back who was erased."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from imports.erasing import services
from imports.models import Erasure, ImportBatch
from tests import factories as make

pytestmark = pytest.mark.django_db


def upload(name: str, samples: list[dict[str, object]], **state: str) -> ImportBatch:
    file = ContentFile(b"E-mail\n", name)
    return ImportBatch.objects.create(filename=name, file=file, samples=samples, **state)


@pytest.mark.parametrize(
    "state",
    [{"state": "checked"}, {"state": "running", "stop": "pause"}, {"state": "checking", "stop": "pause"}],
)
def test_a_file_in_which_they_stand_goes_and_others_stay(state, django_capture_on_commit_callbacks):
    make.make_company()
    admin = make.make_user("admin")
    eva = make.make_contact(make.make_account(admin), email="eva@borg.example")
    sample = {"row": 2, "key": "eva@borg.example", "status": "new", "changes": []}
    waiting, other = upload("wait.csv", [sample], **state), upload("other.csv", [], **state)
    storage, name = waiting.file.storage, waiting.file.name
    with django_capture_on_commit_callbacks(execute=True):
        services.erase(admin, eva, Erasure.Why.ASKED, ())
    waiting.refresh_from_db()
    assert (waiting.file.name, waiting.samples) == ("", [])
    assert not storage.exists(name)
    assert storage.exists(other.file.name)
