"""The four-day check of a thank-you in the versions of the plan that run or are to come (docs/adr/0015).

Nothing is owed on the day of the migration: no thank-you has left yet. A new installation gets the same from
the command ``seed``.
"""

from django.db import migrations

# as they were when this version came: what the command ``seed`` gives later may be otherwise
LETTER_SHEETS = [
    {
        "key": "letter-check",
        "name": "Four days after the thank-you",
        "talking_points": [
            "Has our letter arrived? Did it say what we agreed on, or is something missing?",
            "How do you like to hear from us: phone, text, social, e-mail, video? What not, please?",
            "When does it suit you best, and who else should we keep informed?",
        ],
        "checklist": [
            {"key": "letter", "text": "The letter arrived, or it is sent again", "gate": ""},
            {"key": "channels", "text": "Preferred and refused channels stand at the contact", "gate": ""},
            {"key": "next", "text": "Date and time of the next contact agreed", "gate": ""},
        ],
    },
]
LETTER_SLOTS = [
    {"key": "letter-check", "name": "Four-day check of the letter", "position": 66, "event": "letter"},
]
LETTER_ITEMS = [
    {"slot": "letter-check", "tier": "", "kind": "call", "anchor": "after_event", "every": 4, "unit": "day",
     "tolerance_days": 3, "lapse_after": 10, "minutes": 5,
     "qualifying": ["call", "video", "meeting", "visit", "lunch"], "sheet": "letter-check"},
]  # fmt: skip


def give(apps, schema_editor):
    plans = apps.get_model("cadences", "Plan").objects.exclude(state="retired")
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
