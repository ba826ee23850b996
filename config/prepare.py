"""Brings the database to the state of the code: tables, seeded data and, for a trial, the demo.

`python -m config.prepare`, run at every start. Each part does nothing when there is nothing to do.
"""

import io
import os
import sys
from typing import Any

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config import schedule
from stack.run import LOGINS
from stack.say import say, step, warn


def main() -> int:
    """0, or 1 after one sentence on the error stream."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    try:
        prepare(demo=settings.DEMO)
    except KeyboardInterrupt:
        return 130
    except DatabaseError as error:
        warn(f"The database refused: {' '.join(str(error).split())}")
        return 1
    return 0


def prepare(*, demo: bool) -> None:
    """Migrate, seed, and load the demo into a database that is new or already holds it."""
    fresh = not connection.introspection.table_names()
    migrate()
    call_command("createcachetable", verbosity=0)
    schedule.install()
    _call("replay_erasures", "Erasures")  # a restored backup may have brought people back
    _call("seed", "Plan, tiers and calendars")
    if demo and (fresh or LOGINS.exists() or (LOGINS.parent / "demo-started").exists()):
        # The mark lets a start that was interrupted in the middle of loading try again.
        (LOGINS.parent / "demo-started").touch()
        _call("load_demo", "Demo company")
    if not get_user_model().objects.exists():
        say("  Nobody can sign in yet: `.venv/bin/python manage.py create_admin EMAIL NAME` makes an admin.")


def migrate() -> None:
    """Bring the tables up to date; where they are, note down which migrations have replaced older ones.

    Only that note lets the older ones be deleted one day (docs/adr/0023).
    """
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with step("Database tables"):
            call_command("migrate", interactive=False, verbosity=0)
    else:
        executor.check_replacements()


def _call(command: str, what: str, **options: Any) -> None:
    if command in get_commands():
        with step(what):
            call_command(command, verbosity=0, stdout=io.StringIO(), **options)


if __name__ == "__main__":
    sys.exit(main())
