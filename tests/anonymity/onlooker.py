"""Somebody with the application's credentials, who would like to count ballots before the close."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import psycopg2

from ballotbox import database
from tests.ballots import Ballots

PATIENCE = 30  # seconds
TABLES = "SELECT oid FROM pg_class WHERE relname LIKE 'ballot%' OR relnamespace = 'pg_toast'::regnamespace"
ABOUT, OF, NAMED = f"oid IN ({TABLES})", f"({TABLES}) AS found", "relname LIKE 'ballot%'"
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = %s AND usename IS NOT NULL AND pid <> pg_backend_pid()
"""
QUESTIONS = {
    "ballots": "SELECT count(*) FROM ballot",
    "tags": "SELECT tag FROM ballot",
    "estimates": f"SELECT oid, reltuples, relpages FROM pg_class WHERE {ABOUT}",
    "statistics": f"SELECT relname, n_tup_ins, n_live_tup FROM pg_stat_all_tables WHERE {NAMED}",
    "reads": f"SELECT relname, toast_blks_hit FROM pg_statio_all_tables WHERE {NAMED}",
    "rows written": f"SELECT oid, pg_stat_get_tuples_inserted(oid), pg_stat_get_live_tuples(oid) FROM {OF}",
    "rows now": f"SELECT oid, pg_stat_get_xact_tuples_inserted(oid) FROM {OF}",
    "sizes": f"SELECT oid, pg_relation_size(oid) FROM {OF}",
    "forks": f"SELECT oid, pg_relation_size(oid, 'fsm') FROM {OF}",
    "whole sizes": f"SELECT oid, pg_total_relation_size(oid) FROM {OF}",
    "table sizes": f"SELECT oid, pg_table_size(oid) FROM {OF}",
    "index sizes": f"SELECT oid, pg_indexes_size(oid) FROM {OF}",
    "database": "SELECT pg_database_size(%(name)s)",
    "most common": "SELECT * FROM pg_stats WHERE tablename LIKE 'ballot%'",
    "written by database": "SELECT tup_inserted FROM pg_stat_database WHERE datname = %(name)s",
    "what the box does": (
        "SELECT state, query FROM pg_stat_activity WHERE usename = 'tend_box' AND datname = %(name)s"
    ),
    "who holds what": (
        "SELECT relation, mode FROM pg_locks"
        " WHERE database = (SELECT oid FROM pg_database WHERE datname = %(name)s)"
        # PostgreSQL itself, which is no user, tidies tables up when it likes: never ballots
        " AND pid IN (SELECT pid FROM pg_stat_activity WHERE usename IS NOT NULL)"
    ),
    "tablespace": "SELECT pg_tablespace_size('pg_default')",
    "files": "SELECT pg_stat_file('base')",
    "folders": "SELECT pg_ls_dir('base')",
}


class Onlooker:
    """Asks everything in both databases, and remembers what was answered."""

    def __init__(self, ballots: Ballots, crm_url: str) -> None:
        self.places = {"results": ballots.results_url, "application": crm_url, "owner": ballots.tally_url}
        own = database.words(ballots.results_url)
        self.elsewhere = [own | {"dbname": other} for other in ("postgres", "template1")]
        self.name = database.words(ballots.tally_url)["dbname"]

    def look(self) -> dict[str, Any]:
        """Question -> what was said, None where it was refused."""
        self._wait_for_others()
        found = {}
        for place, url in self.places.items():
            with closing(psycopg2.connect(**database.words(url))) as line, line.cursor() as cursor:
                line.autocommit = True
                found |= {f"{place}: {asked}": self._ask(cursor, text) for asked, text in QUESTIONS.items()}
        return found | {f"results in {each['dbname']}": self._enter(each) for each in self.elsewhere}

    def _wait_for_others(self) -> None:
        """A dump that has just ended holds its tables until the server has noticed, and the ballot's own line
        stays for a moment after the answer. What counts is what is left of a ballot afterwards.
        """
        until = time.monotonic() + PATIENCE
        with (
            closing(psycopg2.connect(**database.words(self.places["owner"]))) as line,
            line.cursor() as cursor,
        ):
            line.autocommit = True
            while time.monotonic() < until:
                cursor.execute(OTHERS, [self.name])
                if not cursor.fetchone()[0]:
                    return
                time.sleep(0.05)
        raise AssertionError("Somebody else is at work in the ballots' database.")

    def _enter(self, words: dict[str, Any]) -> Any:
        """A database beside the ballots', in which their sizes could be asked for."""
        try:
            with closing(psycopg2.connect(**words)) as line, line.cursor() as cursor:
                return "entered", self._ask(cursor, QUESTIONS["database"])
        except psycopg2.Error:
            return None

    def _ask(self, cursor: Any, text: str) -> Any:
        try:
            cursor.execute(text, {"name": self.name} if "%(name)s" in text else None)
            return cursor.fetchall()
        except psycopg2.Error:
            return None
