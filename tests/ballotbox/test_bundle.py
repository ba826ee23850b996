"""What the box knows of a wave: one private file that is never half-written."""

from __future__ import annotations

import base64
import json
import os
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from ballotbox import bundle, policy
from ballotbox.bundle import Bundle, BundleMissingError
from tests.ballots import questionnaire


@pytest.fixture
def wave() -> Bundle:
    return Bundle(
        wave=uuid4(), programme="After a purchase", label="2026 Q4", company="Blåbær & Co",
        time_zone="Europe/Oslo", opens=date(2026, 10, 1), closes=date(2027, 1, 28),
        questionnaire=questionnaire(), policy=policy.DEFAULT.raised(score=12), ticket_key=b"t" * 32,
        public_key=b"p" * 32, fingerprint="ab" * 16, contact_address="us@example.org",
        public={"state": "open"},
    )  # fmt: skip


def test_a_bundle_comes_back_as_it_was(wave: Bundle, tmp_path: Path) -> None:
    file = bundle.write(tmp_path / "waves", wave)
    assert bundle.read(tmp_path / "waves", wave.wave) == wave
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_after_the_keys_are_destroyed_none_is_in_the_file(wave: Bundle, tmp_path: Path) -> None:
    bundle.write(tmp_path, wave)
    over = replace(wave, ticket_key=None, public_key=None, public={"key_destroyed_on": "2027-01-30"})
    file = bundle.write(tmp_path, over)
    assert bundle.read(tmp_path, wave.wave) == over
    assert json.loads(file.read_text())["ticket_key"] is None
    assert list(tmp_path.iterdir()) == [file]  # no draft with the old keys


@pytest.mark.parametrize("key", [None, b"t" * 32])
def test_a_key_is_overwritten_where_it_lay_whether_it_goes_or_stays(
    wave: Bundle, tmp_path: Path, key: bytes | None
) -> None:
    file = bundle.write(tmp_path / "waves", wave)
    same_blocks = tmp_path / "same-blocks"
    os.link(file, same_blocks)  # what somebody held on to
    before = same_blocks.read_bytes()
    bundle.write(tmp_path / "waves", replace(wave, ticket_key=key))
    left = same_blocks.read_bytes()
    assert len(left) == len(before)
    assert base64.b64encode(b"t" * 32) not in left
    assert bundle.read(tmp_path / "waves", wave.wave).ticket_key == key


def test_who_reads_while_it_is_replaced_gets_the_new_one(
    wave: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = bundle.write(tmp_path, wave)
    read_text, new = Path.read_text, replace(wave, public={"state": "held"})

    def opened_too_early(path: Path) -> str:
        monkeypatch.setattr(Path, "read_text", read_text)
        with path.open("rb") as old:
            bundle.write(tmp_path, new)
            return old.read().decode()

    monkeypatch.setattr(Path, "read_text", opened_too_early)
    assert bundle.read(tmp_path, wave.wave) == new
    assert file.exists()


def test_drafts_that_a_crash_left_are_overwritten_and_gone(wave: Bundle, tmp_path: Path) -> None:
    folder = tmp_path / "waves"
    folder.mkdir()
    mine, others, fresh = (
        folder / f".{each}.1.{n}" for n, each in enumerate([wave.wave, uuid4(), wave.wave])
    )
    for draft in (mine, others, fresh):
        draft.write_text("the key")
    for draft in (mine, others):
        os.utime(draft, (0, 0))
    os.link(mine, tmp_path / "same-blocks")
    file = bundle.write(folder, wave)
    assert set(folder.iterdir()) == {file, others, fresh}  # the last one is being written just now
    assert (tmp_path / "same-blocks").read_bytes() != b"the key"


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null"])
def test_what_cannot_be_read_is_missing(wave: Bundle, tmp_path: Path, content: str) -> None:
    (tmp_path / f"{wave.wave}.json").write_text(content)
    with pytest.raises(BundleMissingError):
        bundle.read(tmp_path, wave.wave)


def test_a_file_with_a_floor_that_is_too_low_is_not_used(wave: Bundle, tmp_path: Path) -> None:
    file = bundle.write(tmp_path, wave)
    data = json.loads(file.read_text())
    data["policy"]["score"] = 1
    file.write_text(json.dumps(data))
    with pytest.raises(BundleMissingError):
        bundle.read(tmp_path, wave.wave)


def test_no_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BundleMissingError):
        bundle.read(tmp_path / "nowhere", uuid4())
