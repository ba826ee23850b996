import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

import core.text


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_relations")]

    operations = [
        migrations.RemoveIndex(model_name="account", name="account_phone"),
        migrations.RemoveField(model_name="account", name="phone_digits"),
        migrations.AddField(
            model_name="account",
            name="phone_digits",
            field=models.GeneratedField(
                db_persist=True,
                expression=core.text.Digits(
                    django.db.models.functions.text.Concat("phone", models.Value(" "), "phone_e164")
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["phone_digits"], name="account_phone", opclasses=["gin_trgm_ops"]
            ),
        ),
    ]
