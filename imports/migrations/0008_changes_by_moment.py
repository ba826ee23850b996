"""The change history reads all events of some days: a few kilobytes of index for each table of them.

They only grow at their end, so a BRIN index finds the days, and costs the writers next to nothing.
"""

from django.db import migrations

TABLES = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = current_schema() AND column_name = 'pgh_created_at'
    AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE')
ORDER BY table_name
"""


def add(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            name = f"{table}_by_moment"[-63:]
            cursor.execute(
                f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" USING brin (pgh_created_at)'
                " WITH (pages_per_range = 32, autosummarize = on)"
            )


def remove(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX IF EXISTS "{f"{table}_by_moment"[-63:]}"')


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_every_column_sorts"),
        ("cadences", "0022_written_by_the_plan"),
        ("correspondence", "0007_piece_thanks"),
        ("contacts", "0012_closed_promises_in_order"),
        ("imports", "0007_pairs_and_merges"),
        ("sales", "0007_latest_sales_not_walked"),
        ("surveys", "0005_more_answers_than_mails"),
        ("users", "0010_indexed_by_name"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunPython(add, remove),
        migrations.RunSQL(
            "CREATE INDEX history_context_by_user ON pghistory_context ((metadata -> 'user'))",
            "DROP INDEX history_context_by_user",
        ),
    ]
