"""Databases of the measurement: one template with tables and plan, one copy per size."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

PREFIX = f"tend_bench_{os.getpid()}"


def _server(statement: sql.Composable) -> None:
    """Run one statement outside any transaction, in the database the application uses."""
    given = settings.DATABASES["default"]
    wanted = {
        "user": given["USER"],
        "password": given["PASSWORD"],
        "host": given["HOST"],
        "port": given["PORT"],
    }
    plain = psycopg2.connect(dbname="postgres", **{key: value for key, value in wanted.items() if value})
    plain.autocommit = True
    try:
        plain.cursor().execute(statement)
    finally:
        plain.close()


def use(name: str) -> None:
    """Point this process, and servers started from it, at another database."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
    os.environ["TEND_DB"] = name
    if os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def _create(name: str, template: str = "template0") -> None:
    connection.close()
    _drop(name)
    _server(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def _drop(name: str) -> None:
    """Without FORCE, which fails on an autovacuum at work there; without it, PostgreSQL ends that itself."""
    _server(
        sql.SQL(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = {} AND usename = current_user"
        ).format(sql.Literal(name))
    )
    _server(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


@contextmanager
def template() -> Iterator[str]:
    """A database with the product's tables and its seeded plan; dropped at the end."""
    name = f"{PREFIX}_template"
    _create(name)
    try:
        use(name)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        call_command("seed", verbosity=0, stdout=StringIO())
        connection.close()
        yield name
    finally:
        connection.close()
        _drop(name)


@contextmanager
def copy(of: str, size: int) -> Iterator[None]:
    """A fresh copy of the template, used while the block runs and dropped afterwards."""
    name = f"{PREFIX}_{size}"
    _create(name, template=of)
    try:
        use(name)
        yield
    finally:
        connection.close()
        _drop(name)
