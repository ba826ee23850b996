from django.db import migrations, models

RESULTS = [
    ("won", "Won"),
    ("appointment", "Appointment made"),
    ("no_interest", "No interest"),
    ("other", "Something else"),
    ("over", "Its weeks ran out"),
    ("former", "They are a customer no more"),
]

# The introduction that whoever has an account owes or has made keeps its row under the new key; those of
# owners before are never asked for again.
RENAME = """
UPDATE cadences_touchpoint row
SET cycle = row.cycle || '-' || account.owner_id
FROM accounts_account account
WHERE account.id = row.account_id AND row.basis = 'owner' AND account.owner_id IS NOT NULL
    AND row.cycle = 'E' || to_char(account.owner_since, 'YYYYMMDD')
"""
RENAME_BACK = """
UPDATE cadences_touchpoint row SET cycle = split_part(row.cycle, '-', 1)
WHERE row.basis = 'owner' AND NOT EXISTS (
    SELECT FROM cadences_touchpoint other
    WHERE other.account_id = row.account_id AND other.slot_id = row.slot_id AND other.id > row.id
        AND split_part(other.cycle, '-', 1) = split_part(row.cycle, '-', 1)
)
"""


class Migration(migrations.Migration):
    dependencies = [("cadences", "0015_figures_to_sort_by")]

    operations = [
        migrations.AlterField(
            model_name=name,
            name="result",
            field=models.CharField(blank=True, choices=RESULTS, max_length=12),
        )
        for name in ("campaign", "campaignevent")
    ] + [migrations.RunSQL(RENAME, RENAME_BACK)]
