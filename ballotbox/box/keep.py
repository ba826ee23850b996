"""Putting a sealed ballot into the box. The only statement of this program that writes."""

from __future__ import annotations

from uuid import UUID

import psycopg2

from ballotbox import database
from ballotbox.box import settings

PUT = "INSERT INTO ballot (wave, tag, sealed) VALUES (%s, %s, %s) ON CONFLICT (wave, tag) DO NOTHING"
SECONDS = 5


def put(wave: UUID, tag: bytes, sealed: bytes) -> None:
    """Keep the day's first ballot of an invitation; a second one changes nothing. Raises psycopg2.Error.

    A connection for each: nothing of the last ballot stays in a session that others can look at.
    """
    words = database.words(settings.BALLOTS_BOX_URL)
    connection = psycopg2.connect(
        **words, connect_timeout=SECONDS, application_name="", options=f"-c statement_timeout={SECONDS}s"
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(PUT, (str(wave), tag, sealed))
    finally:
        connection.close()
