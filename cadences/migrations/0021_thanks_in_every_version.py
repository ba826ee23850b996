"""The four-day check of a thank-you in the versions of the plan that an installation has (docs/adr/0015).

Nothing is owed on the day of the migration: no thank-you has left yet. A new installation gets the same from
the command ``seed``.
"""

from django.db import migrations

from cadences.seed_events import LETTER_ITEMS, LETTER_SHEETS, LETTER_SLOTS


def give(apps, schema_editor):
    plans = apps.get_model("cadences", "Plan").objects.all()
    if not plans:
        return
    slots, sheets = made_slots(apps), made_sheets(apps)
    item = apps.get_model("cadences", "PlanItem")
    for plan in plans:
        for row in LETTER_ITEMS:
            values = {name: value for name, value in row.items() if name not in {"slot", "tier", "sheet"}}
            values |= {"purpose": sheets[row["sheet"]], "since": plan.effective_from}
            item.objects.get_or_create(plan=plan, slot=slots[row["slot"]], tier=None, defaults=values)


def made_slots(apps):
    """By key and event: a slot that an admin has named alike, for something else, is left alone."""
    slot, found = apps.get_model("cadences", "Slot"), {}
    for row in LETTER_SLOTS:
        key, event = row["key"], row["event"]
        if slot.objects.filter(key=key).exclude(event=event).exists():
            key = f"{key}-{event}"
        found[row["key"]] = slot.objects.get_or_create(key=key, defaults={**row, "key": key})[0]
    return found


def made_sheets(apps):
    sheet = apps.get_model("cadences", "Purpose")
    return {
        row["key"]: sheet.objects.get_or_create(
            key=row["key"], defaults={name: value for name, value in row.items() if name != "key"}
        )[0]
        for row in LETTER_SHEETS
    }


class Migration(migrations.Migration):
    dependencies = [("cadences", "0020_thanks_as_an_event")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
