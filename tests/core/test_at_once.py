"""Squashed migrations: what a start notes down, and models that are made together."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.writer import OperationWriter

from config import prepare
from core.at_once import CreateModels

pytestmark = pytest.mark.django_db


def recorded() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def test_a_start_of_an_older_installation_notes_down_what_was_replaced_and_migrates_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    replacements = MigrationLoader(connection).replacements
    before = recorded()
    for key, migration in replacements.items():
        assert {key, *migration.replaces} <= before  # as a new database has them
        MigrationRecorder(connection).record_unapplied(*key)
    assert before - recorded() == set(replacements)

    prepare.migrate()

    assert recorded() == before
    assert "Database tables" not in capsys.readouterr().out


def pointing(name: str, to: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name,
        fields=[
            ("id", models.BigAutoField(primary_key=True)),
            ("other", models.ForeignKey(f"core.{to}", models.CASCADE, null=True, related_name="+")),
        ],
    )


def test_models_in_a_circle_are_made_together_and_taken_away_again() -> None:
    operation = CreateModels([pointing("Hen", "Egg"), pointing("Egg", "Hen")])
    before = MigrationLoader(connection).project_state(("core", "0002_run_log"))
    assert before.apps  # somebody has asked for it already
    after = before.clone()
    operation.state_forwards("core", after)

    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("core", editor, before, after)

    with connection.cursor() as cursor:
        for table, other in (("core_hen", "core_egg"), ("core_egg", "core_hen")):
            relations = connection.introspection.get_relations(cursor, table)
            assert relations == {"other_id": ("id", other)}
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("core", editor, after, before)
    assert not {"core_hen", "core_egg"} & set(connection.introspection.table_names())


def test_they_can_be_written_into_a_file() -> None:
    text, imports = OperationWriter(CreateModels([pointing("Hen", "Hen")]), indentation=0).serialize()
    assert "import core.at_once" in imports
    assert "core.at_once.CreateModels(\noperations=[\nmigrations.CreateModel(" in text.replace("    ", "")
