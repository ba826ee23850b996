"""What an import costs: memory for a file of 200 MB."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from users.models import User

pytestmark = pytest.mark.slow
HEAD = "customer_id,company_name,contact_name,address,city,postal_code,country,phone,about\n"
MEASURE = """
import resource, subprocess, sys
code = subprocess.run([sys.executable, *sys.argv[1:]]).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def row(number: int, about: str = "") -> str:
    place = f"Obere Str. {number},Köln,01234,Germany,030-00{number:06}"
    return f"C{number:06},Firma Ærlig {number} & Søn,Maria Anders{number},{place},{about}\n"


@pytest.fixture
def env(settings: Any, tmp_path: Path) -> dict[str, str]:
    """For another process on the same test database."""
    database = connection.settings_dict
    place = f"/{database['NAME']}?host={database['HOST']}"
    return os.environ | {
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{place}",
        "MEDIA_ROOT": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }


@pytest.mark.django_db(transaction=True)
def test_200_megabytes_need_less_than_300(admin: User, tmp_path: Path, env: dict[str, str]) -> None:
    path = tmp_path / "large.csv"
    about = "x" * 9_500
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEAD)
        stream.writelines(row(number, about) for number in range(21_500))
    assert path.stat().st_size > 200_000_000
    command = [sys.executable, "-c", MEASURE, "manage.py", "import_file", "accounts", str(path), "--dry-run"]
    answer = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    code, megabytes = answer.stdout.split()[-2:]
    assert "21500 would be new" in answer.stdout
    assert (code, int(megabytes) < 300) == ("0", True), answer.stdout
