"""The box stays small: what it may not load, name or import (T8)."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "ballotbox"
ENVIRONMENT = {
    "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "BALLOTS_BOX_URL": "postgres://box:secret-word@db/ballots",
    "BOX_WAVES": "/nonexistent", "DJANGO_SETTINGS_MODULE": "ballotbox.box.settings",
}  # fmt: skip
LOADED = """
import sys, json, django
django.setup()
from ballotbox.box.wsgi import application
from ballotbox.box import urls
from django.conf import settings
names = ("INSTALLED_APPS", "MIDDLEWARE", "DATABASES", "DEBUG", "FILE_UPLOAD_HANDLERS")
print(json.dumps({"settings": {n: getattr(settings, n) for n in names}, "modules": sorted(sys.modules)}))
"""
# Parts of Django and others that keep, count, report or recognise somebody.
FORBIDDEN = {
    "django.contrib.sessions.middleware", "django.contrib.auth.models", "django.contrib.admin",
    "django.contrib.messages.middleware", "django.middleware.csrf", "sentry_sdk", "structlog",
    "django_prometheus", "pghistory", "auditlog", "celery", "redis", "ddtrace", "newrelic", "opentelemetry",
    "elasticapm",
}  # fmt: skip
PROJECT = {
    "accounts", "bench", "cadences", "config", "contacts", "core", "correspondence", "imports", "sales",
    "stack", "surveys", "users",
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded() -> dict[str, object]:
    """What a started box has in its memory."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_its_settings_hold_an_allow_list(loaded: dict[str, dict[str, object]]) -> None:
    assert loaded["settings"] == {
        "INSTALLED_APPS": [],
        "MIDDLEWARE": [
            "ballotbox.box.middleware.PlainAnswers",
            "ballotbox.box.middleware.KnownHosts",
            "ballotbox.box.middleware.FairShare",
        ],
        "DATABASES": {},
        "DEBUG": False,
        "FILE_UPLOAD_HANDLERS": ["ballotbox.box.middleware.NoFiles"],
    }


def test_it_loads_nothing_of_the_project_and_nothing_that_reports(loaded: dict[str, list[str]]) -> None:
    modules = set(loaded["modules"])
    assert not {name for name in modules if name in FORBIDDEN}
    assert not {name for name in modules if name.partition(".")[0] in PROJECT}
    assert "ballotbox.box.views" in modules


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_there_is_no_model_no_form_of_django_and_no_orm() -> None:
    found = [
        f"{path.name}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        and any(
            (getattr(node, "module", None) or "").startswith(name)
            or name in {each.name for each in node.names}
            for name in (
                "django.db",
                "django.contrib",
                "django.core.cache",
                "django.core.mail",
                "logging.handlers",
            )
        )
    ]
    assert not found


def test_one_statement_writes_and_it_is_the_ballot() -> None:
    box = [path for path in modules() if "box" in path.relative_to(PACKAGE).parts[:-1]]
    assert box
    writes = [
        (path.name, word)
        for path in box
        for word in ("INSERT INTO", "UPDATE ", "DELETE FROM", "COPY ", ".write_text", ".write_bytes", "open(")
        if word in path.read_text()
    ]
    assert writes == [("keep.py", "INSERT INTO")]


def test_no_page_of_the_box_has_a_script_that_talks() -> None:
    script = (PACKAGE / "static" / "box" / "survey.js").read_text()
    for word in (
        "fetch(",
        "XMLHttpRequest",
        "sendBeacon",
        "WebSocket",
        "localStorage",
        "document.cookie",
        "import(",
    ):
        assert word not in script
    assert "sessionStorage" in script


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"BALLOTS_BOX_URL": ""}, "Configuration: Set BALLOTS_BOX_URL:"),
        ({"BALLOTS_BOX_URL": "mysql://u:secret-word@h/d"}, "Configuration: BALLOTS_BOX_URL is no address"),
        ({"BOX_WAVES": ""}, "Configuration: Set BOX_WAVES:"),
        ({"BOX_RATE": "fast"}, "Configuration: BOX_RATE=fast is no number."),
    ],
)
def test_a_wrong_setting_is_one_sentence(change: dict[str, str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ballotbox.box"], cwd=ROOT, env=ENVIRONMENT | change, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 1
    assert "secret-word" not in done.stderr


# -- A fair share -----------------------------------------------------------------------------------------


def test_an_address_gets_its_share_back_with_time_and_is_forgotten_within_the_hour() -> None:
    from ballotbox.box.limits import BURST, HOUR, Buckets

    now = 0.0
    buckets = Buckets(2.0, clock=lambda: now)
    assert [buckets.take("203.0.113.7") for _ in range(2 * BURST + 1)] == [True] * 2 * BURST + [False]
    assert buckets.take("203.0.113.8")
    now = 1.0
    assert [buckets.take("203.0.113.7") for _ in range(3)] == [True, True, False]
    key, names = buckets._key, set(buckets._left)
    assert not any(b"203.0.113.7" in name for name in names)
    now = HOUR
    assert buckets.take("203.0.113.7")
    assert buckets._key != key
    assert len(buckets._left) == 1
    assert names.isdisjoint(buckets._left)
