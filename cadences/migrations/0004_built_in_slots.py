"""The slots that no plan fills: dates promised to a customer, and own to-dos."""

from django.db import migrations


def create(apps, schema_editor):
    slot = apps.get_model("cadences", "Slot")
    slot.objects.get_or_create(key="agreed", defaults={"name": "Agreed date", "position": 90})
    slot.objects.get_or_create(key="todo", defaults={"name": "To-do", "position": 91})


class Migration(migrations.Migration):
    dependencies = [("cadences", "0003_engine_indexes")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
