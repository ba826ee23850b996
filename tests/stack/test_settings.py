"""Settings are read loudly, and the production ones pass Django's own deployment check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from core.middleware import CONTENT_SECURITY_POLICY
from stack import local

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": "a-long-and-random-text-only-for-this-test-0123456789-abcdefghijk",
    "ALLOWED_HOSTS": "crm.example.org",
    "DATABASE_URL": "postgres://tend:secret@db.example.org/tend",
    "REDIS_URL": "redis://broker.example.org:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
}


def check_deploy(**changes: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"]} | PRODUCTION | changes
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)


def test_production_settings_pass_the_deployment_check() -> None:
    done = check_deploy()
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
def test_a_missing_value_is_one_sentence(name: str) -> None:
    refused = check_deploy(**{name: ""})
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Configuration: Set {name}: ")
    assert len(refused.stderr.splitlines()) == 1


def test_a_providers_api_stands_in_for_the_mail_server() -> None:
    done = check_deploy(EMAIL_URL="", MAIL_PROVIDER="Postmark", MAIL_PROVIDER_KEY="secret")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("provider", "words"),
    [("postmark", "Set MAIL_PROVIDER_KEY: "), ("pigeon", "Set MAIL_PROVIDER to one of brevo, ")],
)
def test_a_provider_without_key_or_that_nobody_knows_is_one_sentence(provider: str, words: str) -> None:
    refused = check_deploy(EMAIL_URL="", MAIL_PROVIDER=provider)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Configuration: {words}")


def test_the_driver_is_psycopg_2() -> None:
    # With psycopg 3 importable Django would silently use it; COPY and the pool settings assume 2.
    assert is_psycopg3 is False
    assert connection.vendor == "postgresql"


@pytest.mark.django_db
def test_every_response_carries_the_policy(client) -> None:
    for path in ("/", "/no/such/page/", "/static/vendor/htmx.org/htmx.min.js"):
        response = client.get(path)
        assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, path
        assert response.headers["X-Content-Type-Options"] == "nosniff", path
        assert response.headers["Referrer-Policy"] == "same-origin", path
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_a_command_links_to_the_port_of_the_last_run(tmp_path, monkeypatch):
    monkeypatch.setattr("stack.paths.PORT", tmp_path / "port")
    given = dict.fromkeys(("SECRET_KEY", "DATABASE_URL", "REDIS_URL"), "given")
    asked, unasked, never = dict(given, PORT="8002"), dict(given), dict(given)
    local.fill(never)
    (tmp_path / "port").write_text("8001")
    local.fill(asked)
    local.fill(unasked)
    assert (asked["PORT"], unasked["PORT"], never.get("PORT")) == ("8002", "8001", None)


def test_the_web_server_does_not_look_for_garbage_at_every_turn() -> None:
    """What is loaded is set aside, and a page is not stopped a hundred times."""
    code = "import config.wsgi, gc; print(gc.get_freeze_count() > 100_000, gc.get_threshold()[0])"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["True", "20000"], done.stderr
