"""Keys are private files, made once, and gone when they are destroyed."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from uuid import uuid4

import pytest

from ballotbox import keyfiles
from ballotbox.keyfiles import KeyFiles, KeyMissingError


@pytest.fixture
def keys(tmp_path: Path) -> KeyFiles:
    return KeyFiles(tmp_path / "keys")


def test_only_the_owner_can_read_a_key(keys: KeyFiles) -> None:
    before = os.umask(0)
    try:
        keys.make("a.ticket", b"k" * 32)
    finally:
        os.umask(before)
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((keys.folder / "a.ticket").stat().st_mode) == 0o600


def test_the_first_key_of_a_name_stays(keys: KeyFiles) -> None:
    assert keys.make("a.ticket", b"first") == b"first"
    assert keys.make("a.ticket", b"second") == b"first"
    assert list(keys.names()) == ["a.ticket"]


def test_many_at_once_agree_on_one_key(keys: KeyFiles) -> None:
    start, kept = threading.Barrier(16), []

    def make(n: int) -> None:
        start.wait()
        kept.append(keys.make("a.tag", bytes([n]) * 32))

    threads = [threading.Thread(target=make, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 16
    assert set(kept) == {keys.read("a.tag")}
    assert len(list(keys.folder.iterdir())) == 1  # no draft is left


def test_a_destroyed_key_is_overwritten_and_gone(keys: KeyFiles, tmp_path: Path) -> None:
    keys.make("a.private", b"secret" * 5)
    os.link(keys.folder / "a.private", tmp_path / "same-blocks")  # what somebody held on to
    assert keys.destroy("a.private")
    assert not keys.destroy("a.private")
    assert not keys.has("a.private")
    left = (tmp_path / "same-blocks").read_bytes()
    assert len(left) == 30
    assert b"secret" not in left
    with pytest.raises(KeyMissingError):
        keys.read("a.private")


def test_a_folder_reaches_the_disk_with_its_names(keys: KeyFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a loss of power a key that was made is there, and one that was destroyed is not."""
    synced: list[bool] = []
    sync = os.fsync

    def watch(number: int) -> None:
        if stat.S_ISDIR(os.fstat(number).st_mode):
            synced.append((keys.folder / "a.private").exists())
        sync(number)

    monkeypatch.setattr(os, "fsync", watch)
    keys.make("a.private", b"k" * 32)
    assert synced == [True]
    keys.destroy("a.private")
    assert synced == [True, False]


@pytest.mark.parametrize("name", ["../a", "a/b", ".hidden", "/etc/passwd"])
def test_a_name_cannot_lead_elsewhere(keys: KeyFiles, name: str) -> None:
    for act in (keys.read, keys.has, keys.destroy):
        with pytest.raises(ValueError, match="no name of a key"):
            act(name)


def test_names_tell_the_wave_and_what_a_key_is_for() -> None:
    wave = uuid4()
    names = [keyfiles.ticket_key(wave), keyfiles.tag_key(wave, "2026-11-02"), keyfiles.private_key(wave)]
    assert names == [f"{wave}.ticket", f"{wave}.2026-11-02.tag", f"{wave}.private"]


def test_no_folder_is_no_keys(keys: KeyFiles) -> None:
    assert list(keys.names()) == []
    assert not keys.has("a")
