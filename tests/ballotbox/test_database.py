"""The address of the ballots' database, as libpq is told."""

from __future__ import annotations

import psycopg2
import pytest

from ballotbox import database
from tests.ballots import Ballots


def test_options_of_an_address_reach_libpq() -> None:
    """A certificate that is asked for is not silently left out."""
    url = "postgres://tend_box:p%40ss@db.example.org:5433/ballots?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem"
    assert database.words(url) == {
        "host": "db.example.org", "port": 5433, "user": "tend_box", "password": "p@ss", "dbname": "ballots",
        "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem",
    }  # fmt: skip


def test_an_option_cannot_lead_to_another_database() -> None:
    assert database.words("postgres://box@one/ballots?host=two&dbname=tend")["host"] == "one"
    assert database.words("postgres://box@one/ballots?host=two&dbname=tend")["dbname"] == "ballots"


def test_an_option_is_used(ballots: Ballots) -> None:
    with (
        pytest.raises(psycopg2.Error, match="sslmode"),
        database.connected(f"{ballots.box_url}?sslmode=perhaps"),
    ):
        pass
    with database.connected(f"{ballots.box_url}?connect_timeout=5&sslmode=prefer") as cursor:
        cursor.execute("SELECT 1")
