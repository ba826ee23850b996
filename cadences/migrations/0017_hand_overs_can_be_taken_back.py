from django.db import migrations, models

KINDS = [
    ("owner", "New owner"),
    ("tier", "Choose the tier"),
    ("add_tag", "Add a tag"),
    ("remove_tag", "Remove a tag"),
    ("pause", "Pause"),
    ("book", "Add to my book"),
    ("hand_over", "Hand over all that somebody looks after"),
]


class Migration(migrations.Migration):
    dependencies = [("cadences", "0016_each_new_owner_is_an_event")]

    operations = [
        migrations.AlterField(
            model_name=name,
            name="kind",
            field=models.CharField(blank=True, choices=KINDS, max_length=10),
        )
        for name in ("bulkchange", "bulkchangeevent")
    ]
