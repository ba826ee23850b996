"""Putting a sealed ballot into the box. The only statement of this program that writes."""

from __future__ import annotations

from uuid import UUID

import psycopg2

from ballotbox import database
from ballotbox.box import settings

# Before there were tags of a day a ballot lay beside the tag of its link: whoever answered then has answered.
# The condition can go once every wave with `unmarked` (see schema.sql) is settled.
PUT = """
    INSERT INTO ballot (wave, tag, sealed) SELECT %(wave)s::uuid, %(tag)s::bytea, %(sealed)s::bytea
    WHERE NOT EXISTS (SELECT FROM ballot WHERE wave = %(wave)s::uuid AND tag = %(link)s::bytea)
    ON CONFLICT (wave, tag) DO NOTHING
"""
SECONDS = 5


def put(wave: UUID, tag: bytes, sealed: bytes, *, link: bytes) -> None:
    """Keep the day's first ballot of an invitation; a second one changes nothing. Raises psycopg2.Error.

    ``link`` is the tag in its link, which is not written down.

    A connection for each: nothing of the last ballot stays in a session that others can look at.
    """
    words = database.words(settings.BALLOTS_BOX_URL)
    connection = psycopg2.connect(
        **words, connect_timeout=SECONDS, application_name="", options=f"-c statement_timeout={SECONDS}s"
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(PUT, {"wave": str(wave), "tag": tag, "sealed": sealed, "link": link})
    finally:
        connection.close()
