from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_latest_contacts_not_walked")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="left_noted_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When we learnt of it: what was said of the account before may not be true any more.",
                null=True,
            ),
        ),
        # of those who left before this was kept the day is the best that is known
        migrations.RunSQL(
            "UPDATE contacts_contact SET left_noted_at = left_on + 1 WHERE left_on IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
