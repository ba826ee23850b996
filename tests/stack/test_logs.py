"""Logs of processes that run for months do not fill the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from stack import supervisor


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(supervisor.paths, "LOGS", tmp_path)
    monkeypatch.setattr(supervisor, "LARGEST_LOG_BYTES", 100)
    return tmp_path


def test_a_large_log_is_kept_once_and_begun_anew_while_its_process_writes(logs: Path) -> None:
    with (logs / "web.log").open("ab", buffering=0) as process:
        for round_ in (b"first ", b"second "):
            process.write(round_ * 20)
            supervisor.keep_logs_small()
        process.write(b"third")
    assert (logs / "web.log").read_bytes() == b"third"
    assert (logs / "web.old.log").read_bytes() == b"second " * 20
    assert sorted(path.name for path in logs.iterdir()) == ["web.log", "web.old.log"]


def test_a_small_log_stays_as_it_is(logs: Path) -> None:
    (logs / "beat.log").write_text("short")
    supervisor.keep_logs_small()
    assert (logs / "beat.log").read_text() == "short"
    assert not (logs / "beat.old.log").exists()


def test_on_a_full_disk_room_is_made_all_the_same(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(supervisor.shutil, "copyfile", full)
    (logs / "postgres.log").write_text("x" * 200)
    supervisor.keep_logs_small()
    assert (logs / "postgres.log").read_text() == ""
