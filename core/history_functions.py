"""The two database functions that every trigger of the history calls, without their exception blocks.

django-pgtrigger and django-pghistory ask for settings that may be missing, and catch the error. An error
that is caught ends a subtransaction, and at that end PostgreSQL walks through all foreign keys that wait
for the commit: deleting 32,000 accounts took two minutes instead of a second, by the square of the rows.
``current_setting(name, true)`` asks without an error.

Every migration that makes a trigger installs the library's function again, so these are put in their
place whenever migrations have run.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

FUNCTIONS = """
CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS $$
BEGIN
    RETURN coalesce(
        trigger_name = ANY(nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false
    );
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE AS $$
DECLARE
    context_id CONSTANT text := nullif(current_setting('pghistory.context_id', true), '');
    told CONSTANT text := nullif(current_setting('pghistory.context_metadata', true), '');
BEGIN
    IF context_id IS NULL OR told IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
        VALUES (context_id::uuid, told::jsonb, now(), now())
        ON CONFLICT (id) DO UPDATE SET metadata = EXCLUDED.metadata, updated_at = EXCLUDED.updated_at
        WHERE pghistory_context.metadata <> EXCLUDED.metadata;
    RETURN context_id::uuid;
END;
$$ LANGUAGE plpgsql;
"""


def install(*, using: str = "default", plan: Any = (), **_more: Any) -> None:
    """Receiver of ``post_migrate``; does nothing where no migration has run, or the history is not there."""
    if not plan:
        return
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('pghistory_context')")
        if cursor.fetchone()[0] is not None:
            cursor.execute(FUNCTIONS)
