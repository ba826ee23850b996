"""Small files written for these tests, and an admin who brings them in."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client

from imports import services
from tests.factories import make_company, make_user
from users.models import User

FILES = Path(__file__).parent / "files"


@pytest.fixture
def admin(db: None) -> User:
    make_company(currency="EUR")
    return make_user("admin", display_name="Ada Admin")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of these lines (or bytes) and return its path."""

    def _write(content: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return _write


@pytest.fixture
def northwind() -> Path:
    """The public sample company, beside the checkout. CI has it; elsewhere its tests are skipped."""
    shared = Path(os.environ.get("TEND_SHARED_DATA", project.BASE_DIR.parent / "shared" / "data"))
    folder = shared / "northwind"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing; CI must have it")
        pytest.skip(f"{folder} is not there")
    return folder


@pytest.fixture
def office(
    admin: User, client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Client:
    """Pages as the admin sees them; what they ask of a worker is done at once."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(services, "ring", services.work)
    client.force_login(admin)
    return client


@pytest.fixture
def bring(
    admin: User, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., dict[str, Any]]:
    """Run the command and return its JSON; the exit code is ``exit``."""
    settings.MEDIA_ROOT = str(tmp_path / "media")

    def _bring(kind: str, path: Path, mapping: dict[str, Any] | None = None, *flags: str) -> dict[str, Any]:
        if mapping is not None:
            (tmp_path / "mapping.json").write_text(json.dumps(mapping))
            flags = (*flags, "--mapping", str(tmp_path / "mapping.json"))
        code = 0
        capsys.readouterr()
        try:
            call_command("import_file", kind, str(path), "--json", *flags)
        except SystemExit as left:
            code = int(str(left.code))
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert report["exit"] == code
        return report

    return _bring
