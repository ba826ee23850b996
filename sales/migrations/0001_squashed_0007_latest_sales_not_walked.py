# What the migrations named below make, at once, for a database that is new (docs/adr/0023). Columns stand in
# the order in which those made them.

import core.at_once
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('sales', '0001_initial'),
        ('sales', '0002_relations'),
        ('sales', '0003_history_index'),
        ('sales', '0004_buyers'),
        ('sales', '0005_worth'),
        ('sales', '0006_latest_sales'),
        ('sales', '0007_latest_sales_not_walked'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0014_sorted_lists_and_email_search'),
        ('contacts', '0005_paused_people'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        core.at_once.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Purchase',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('external_id', models.CharField(blank=True, max_length=60, null=True, unique=True)),
                        ('purchased_on', models.DateField()),
                        ('amount', models.DecimalField(decimal_places=4, default=0, max_digits=18)),
                        ('currency', models.CharField(max_length=3)),
                        ('about', models.CharField(blank=True, max_length=200)),
                        ('voided_at', models.DateTimeField(blank=True, null=True)),
                        ('void_reason', models.CharField(blank=True, max_length=200)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='purchases', to='accounts.account')),
                        ('sold_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sales', to=settings.AUTH_USER_MODEL)),
                        ('buyer', models.ForeignKey(blank=True, help_text='Who ordered; somebody of this account, then or now.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='purchases', to='contacts.contact')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['account', 'purchased_on'], include=('amount', 'currency', 'id'), name='purchase_counts')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('voided_at__isnull', True), models.Q(('void_reason', ''), _negated=True), _connector='OR'), name='purchase_voided_with_reason')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."about" IS DISTINCT FROM (NEW."about") OR OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."buyer_id" IS DISTINCT FROM (NEW."buyer_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."purchased_on" IS DISTINCT FROM (NEW."purchased_on") OR OLD."sold_by_id" IS DISTINCT FROM (NEW."sold_by_id") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at"))', func='INSERT INTO "sales_purchaseevent" ("about", "account_id", "amount", "buyer_id", "created_at", "currency", "external_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchased_on", "sold_by_id", "updated_at", "void_reason", "voided_at") VALUES (OLD."about", OLD."account_id", OLD."amount", OLD."buyer_id", OLD."created_at", OLD."currency", OLD."external_id", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."purchased_on", OLD."sold_by_id", OLD."updated_at", OLD."void_reason", OLD."voided_at"); RETURN NULL;', hash='a82085cc383ad7eec95614240c42eaa0d783b77e', operation='UPDATE', pgid='pgtrigger_update_update_6ccc1', table='sales_purchase', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sales_purchaseevent" ("about", "account_id", "amount", "buyer_id", "created_at", "currency", "external_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchased_on", "sold_by_id", "updated_at", "void_reason", "voided_at") VALUES (OLD."about", OLD."account_id", OLD."amount", OLD."buyer_id", OLD."created_at", OLD."currency", OLD."external_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."purchased_on", OLD."sold_by_id", OLD."updated_at", OLD."void_reason", OLD."voided_at"); RETURN NULL;', hash='c0df311f7efaf6b4a973051c54a89d40b7bd27f0', operation='DELETE', pgid='pgtrigger_delete_delete_b94da', table='sales_purchase', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='PurchaseEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('external_id', models.CharField(blank=True, max_length=60, null=True)),
                        ('purchased_on', models.DateField()),
                        ('amount', models.DecimalField(decimal_places=4, default=0, max_digits=18)),
                        ('currency', models.CharField(max_length=3)),
                        ('about', models.CharField(blank=True, max_length=200)),
                        ('voided_at', models.DateTimeField(blank=True, null=True)),
                        ('void_reason', models.CharField(blank=True, max_length=200)),
                        ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='sales.purchase')),
                        ('sold_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('buyer', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Who ordered; somebody of this account, then or now.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.contact')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PurchaseLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('line_key', models.CharField(help_text='What identifies the line in its source, e.g. a product id.', max_length=80)),
                        ('product', models.CharField(blank=True, max_length=200)),
                        ('unit_price', models.DecimalField(decimal_places=4, max_digits=18)),
                        ('quantity', models.DecimalField(decimal_places=4, max_digits=14)),
                        ('discount', models.DecimalField(decimal_places=6, default=0, help_text='0 to 1.', max_digits=7)),
                        ('purchase', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='sales.purchase')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('purchase', 'line_key'), name='purchaseline_once'), models.CheckConstraint(condition=models.Q(('discount__range', (0, 1))), name='purchaseline_discount_0_1')],
                    },
                ),
                migrations.CreateModel(
                    name='Worth',
                    fields=[
                        ('account', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='worth', serialize=False, to='accounts.account')),
                        ('counted_on', models.DateField()),
                        ('revenue', models.DecimalField(decimal_places=4, max_digits=18)),
                        ('currency', models.CharField(help_text="The company's on that day; others are left out.", max_length=3)),
                        ('share', models.FloatField(help_text="Of the company's revenue, 0 to 1.")),
                        ('rank', models.PositiveIntegerField(help_text='1 is the account that bought most.')),
                        ('ranked', models.PositiveIntegerField(help_text='How many accounts bought anything.')),
                        ('owner_id', models.BigIntegerField(help_text='Whose accounts the next three are about.', null=True)),
                        ('owner_share', models.FloatField()),
                        ('owner_rank', models.PositiveIntegerField()),
                        ('owner_ranked', models.PositiveIntegerField()),
                    ],
                    options={
                        'verbose_name_plural': 'worths',
                    },
                ),
            ],
        ),
    ]
