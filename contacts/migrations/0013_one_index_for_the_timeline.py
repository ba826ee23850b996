"""The timeline's index serves every question about an account's talks; a second one costs and misleads."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_every_column_sorts'),
        ('contacts', '0012_closed_promises_in_order'),
    ]

    operations = [
        migrations.AlterField(
            model_name='interaction',
            name='account',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='interactions', to='accounts.account'),
        ),
    ]
