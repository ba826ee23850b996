# What the migrations named below make, at once, for a database that is new (docs/adr/0023). Columns stand in
# the order in which those made them.

import core.at_once
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('surveys', '0001_initial'),
        ('surveys', '0002_contact_requests'),
        ('surveys', '0003_left_out'),
        ('surveys', '0004_key_is_missing'),
        ('surveys', '0005_more_answers_than_mails'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0009_fewer_indexes_on_tiers'),
        ('contacts', '0005_paused_people'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('sales', '0003_history_index'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        core.at_once.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Asked',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sent_on', models.DateField()),
                        ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.contact')),
                        ('purchase', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='sales.purchase')),
                        ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.programme')),
                    ],
                    options={
                        'verbose_name_plural': 'asked',
                        'indexes': [models.Index(fields=['sent_on'], name='asked_by_day')],
                        'constraints': [models.UniqueConstraint(fields=('contact', 'programme', 'sent_on'), name='asked_once_a_day'), models.UniqueConstraint(condition=models.Q(('purchase__isnull', False)), fields=('programme', 'purchase'), name='asked_once_per_purchase')],
                    },
                ),
                migrations.CreateModel(
                    name='ContactRequest',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('name', models.CharField(max_length=120, verbose_name='Your name')),
                        ('company', models.CharField(max_length=160, verbose_name='Your company')),
                        ('reach', models.CharField(max_length=160, verbose_name='Phone or e-mail')),
                        ('message', models.TextField(blank=True, max_length=2000, verbose_name='What is it about?')),
                        ('received_on', models.DateField()),
                        ('state', models.CharField(choices=[('open', 'waits'), ('done', 'taken care of')], default='open', max_length=4)),
                        ('note', models.CharField(blank=True, help_text='What became of it.', max_length=300)),
                        ('handled_on', models.DateField(blank=True, null=True)),
                        ('handled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['state', '-received_on'], name='contactrequest_list')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('handled_on__isnull', True), ('state', 'open')), models.Q(('handled_on__isnull', False), ('state', 'done'), models.Q(('note', ''), _negated=True)), _connector='OR'), name='contactrequest_done_with_words')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "surveys_contactrequestevent" ("company", "handled_by_id", "handled_on", "id", "message", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reach", "received_on", "state") VALUES (OLD."company", OLD."handled_by_id", OLD."handled_on", OLD."id", OLD."message", OLD."name", OLD."note", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reach", OLD."received_on", OLD."state"); RETURN NULL;', hash='b3460c528db41d78f77fe03feac89338bc724ef9', operation='UPDATE', pgid='pgtrigger_update_update_1994f', table='surveys_contactrequest', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "surveys_contactrequestevent" ("company", "handled_by_id", "handled_on", "id", "message", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reach", "received_on", "state") VALUES (OLD."company", OLD."handled_by_id", OLD."handled_on", OLD."id", OLD."message", OLD."name", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reach", OLD."received_on", OLD."state"); RETURN NULL;', hash='e95ef9765d467cd5b9d89a79958e3ed8808cf58f', operation='DELETE', pgid='pgtrigger_delete_delete_f3489', table='surveys_contactrequest', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ContactRequestEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                        ('name', models.CharField(max_length=120, verbose_name='Your name')),
                        ('company', models.CharField(max_length=160, verbose_name='Your company')),
                        ('reach', models.CharField(max_length=160, verbose_name='Phone or e-mail')),
                        ('message', models.TextField(blank=True, max_length=2000, verbose_name='What is it about?')),
                        ('received_on', models.DateField()),
                        ('state', models.CharField(choices=[('open', 'waits'), ('done', 'taken care of')], default='open', max_length=4)),
                        ('note', models.CharField(blank=True, help_text='What became of it.', max_length=300)),
                        ('handled_on', models.DateField(blank=True, null=True)),
                        ('handled_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='surveys.contactrequest')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Exclusion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('reason', models.CharField(max_length=200)),
                        ('until', models.DateField(blank=True, help_text='Last day; empty: until somebody ends it.', null=True)),
                        ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.contact')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', False), ('contact__isnull', True)), models.Q(('account__isnull', True), ('contact__isnull', False)), _connector='OR'), name='exclusion_of_one'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='exclusion_with_reason'), models.UniqueConstraint(fields=('account',), name='exclusion_once_per_account'), models.UniqueConstraint(fields=('contact',), name='exclusion_once_per_contact')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."until" IS DISTINCT FROM (NEW."until"))', func='INSERT INTO "surveys_exclusionevent" ("account_id", "by_id", "contact_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "until", "updated_at") VALUES (OLD."account_id", OLD."by_id", OLD."contact_id", OLD."created_at", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason", OLD."until", OLD."updated_at"); RETURN NULL;', hash='7cc7b98b57d31fef782b8edadf26beb91b8b4321', operation='UPDATE', pgid='pgtrigger_update_update_d0996', table='surveys_exclusion', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "surveys_exclusionevent" ("account_id", "by_id", "contact_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "until", "updated_at") VALUES (OLD."account_id", OLD."by_id", OLD."contact_id", OLD."created_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."until", OLD."updated_at"); RETURN NULL;', hash='9451bd7450f93a591d8fff01df92b99681630f70', operation='DELETE', pgid='pgtrigger_delete_delete_ffbf1', table='surveys_exclusion', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ExclusionEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('reason', models.CharField(max_length=200)),
                        ('until', models.DateField(blank=True, help_text='Last day; empty: until somebody ends it.', null=True)),
                        ('account', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account')),
                        ('by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('contact', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contacts.contact')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='surveys.exclusion')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='HeldBack',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('cycle', models.CharField(help_text='Of what is owed.', max_length=24)),
                        ('address', models.EmailField(blank=True, help_text='The one that was looked at: another one waits again.', max_length=254)),
                        ('reason', models.CharField(choices=[('address_changed', 'address changed by the sales side after the purchase'), ('no_address', 'nobody with an e-mail address')], max_length=15)),
                        ('state', models.CharField(choices=[('open', 'waits'), ('released', 'may be asked'), ('skipped', 'not asked'), ('over', 'too late')], default='open', max_length=8)),
                        ('since', models.DateField()),
                        ('decided_because', models.CharField(blank=True, max_length=200)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                        ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contacts.contact')),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held_back', to='surveys.programme')),
                    ],
                    options={
                        'verbose_name_plural': 'held back',
                        'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['since'], name='heldback_open')],
                        'constraints': [models.UniqueConstraint(fields=('programme', 'account', 'cycle'), name='heldback_once_per_cycle'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'skipped'), _negated=True), models.Q(('decided_because', ''), _negated=True), _connector='OR'), name='heldback_skipped_with_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Invitation',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('language', models.CharField(max_length=10)),
                        ('codes', models.JSONField(default=dict, help_text='Coarse and frozen, such as {"tier": "Large"}.')),
                        ('send_on', models.DateField()),
                        ('address', models.EmailField(help_text='At that time; lower case.', max_length=254)),
                        ('state', models.CharField(choices=[('planned', 'planned'), ('queued', 'waits in the outbox'), ('handed_over', 'handed over'), ('bounced', 'bounced'), ('suppressed', 'not sent: asked for no surveys'), ('cancelled', 'cancelled')], default='planned', max_length=11)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                        ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.contact')),
                        ('wave', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='surveys.wave')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['wave', 'send_on'], name='invitation_by_day')],
                        'constraints': [models.UniqueConstraint(fields=('wave', 'contact'), name='invitation_once_per_wave'), models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower('address'))), name='invitation_address_lower_case')],
                    },
                ),
                migrations.CreateModel(
                    name='MailText',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('language', models.CharField(help_text='Such as en or de.', max_length=10)),
                        ('subject', models.CharField(max_length=150)),
                        ('body', models.TextField()),
                        ('follow_up_subject', models.CharField(max_length=150)),
                        ('follow_up_body', models.TextField()),
                        ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_texts', to='surveys.programme')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('programme', 'language'), name='mailtext_once_per_language')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."follow_up_body" IS DISTINCT FROM (NEW."follow_up_body") OR OLD."follow_up_subject" IS DISTINCT FROM (NEW."follow_up_subject") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."subject" IS DISTINCT FROM (NEW."subject"))', func='INSERT INTO "surveys_mailtextevent" ("body", "created_at", "follow_up_body", "follow_up_subject", "id", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "subject", "updated_at") VALUES (OLD."body", OLD."created_at", OLD."follow_up_body", OLD."follow_up_subject", OLD."id", OLD."language", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."programme_id", OLD."subject", OLD."updated_at"); RETURN NULL;', hash='9395263f045e4532855a4c8dbc28107f92e016bf', operation='UPDATE', pgid='pgtrigger_update_update_69fff', table='surveys_mailtext', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "surveys_mailtextevent" ("body", "created_at", "follow_up_body", "follow_up_subject", "id", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "subject", "updated_at") VALUES (OLD."body", OLD."created_at", OLD."follow_up_body", OLD."follow_up_subject", OLD."id", OLD."language", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."subject", OLD."updated_at"); RETURN NULL;', hash='59ad703835deec5f859a62e61a56a37d48088c5a', operation='DELETE', pgid='pgtrigger_delete_delete_65e05', table='surveys_mailtext', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='MailTextEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('language', models.CharField(help_text='Such as en or de.', max_length=10)),
                        ('subject', models.CharField(max_length=150)),
                        ('body', models.TextField()),
                        ('follow_up_subject', models.CharField(max_length=150)),
                        ('follow_up_body', models.TextField()),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='surveys.mailtext')),
                        ('programme', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='surveys.programme')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Programme',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('kind', models.CharField(choices=[('after_purchase', 'After a purchase'), ('yearly', 'Yearly'), ('one_off', 'One-off')], max_length=14)),
                        ('name', models.CharField(max_length=80)),
                        ('is_on', models.BooleanField(default=False)),
                        ('slot_key', models.SlugField(blank=True, help_text='Of the plan; empty: sent once.', max_length=40)),
                        ('rhythm', models.CharField(choices=[('forecast', 'By the forecast: a quarter, or half a year where too few are asked'), ('half', 'Always half a year, the company as a whole')], default='forecast', max_length=8)),
                        ('sender_name', models.CharField(help_text='The company or a department, never a person.', max_length=80)),
                        ('sender_address', models.EmailField(blank=True, help_text='Neutral; empty: DEFAULT_FROM_EMAIL.', max_length=254)),
                        ('reply_to', models.EmailField(blank=True, help_text='A mailbox that salespeople do not read.', max_length=254)),
                        ('rule', models.JSONField(blank=True, default=dict, help_text='Who is asked, see surveys.rules.')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('slot_key', ''), _negated=True), fields=('slot_key',), name='programme_one_per_slot'), models.UniqueConstraint(condition=models.Q(('kind__in', ['after_purchase', 'yearly'])), fields=('kind',), name='programme_one_per_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'one_off'), ('slot_key', '')), models.Q(models.Q(('kind', 'one_off'), _negated=True), models.Q(('slot_key', ''), _negated=True)), _connector='OR'), name='programme_slot_where_repeated')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_on" IS DISTINCT FROM (NEW."is_on") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."reply_to" IS DISTINCT FROM (NEW."reply_to") OR OLD."rhythm" IS DISTINCT FROM (NEW."rhythm") OR OLD."rule" IS DISTINCT FROM (NEW."rule") OR OLD."sender_address" IS DISTINCT FROM (NEW."sender_address") OR OLD."sender_name" IS DISTINCT FROM (NEW."sender_name") OR OLD."slot_key" IS DISTINCT FROM (NEW."slot_key"))', func='INSERT INTO "surveys_programmeevent" ("created_at", "id", "is_on", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_to", "rhythm", "rule", "sender_address", "sender_name", "slot_key", "updated_at") VALUES (OLD."created_at", OLD."id", OLD."is_on", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reply_to", OLD."rhythm", OLD."rule", OLD."sender_address", OLD."sender_name", OLD."slot_key", OLD."updated_at"); RETURN NULL;', hash='f9d2f7e35f6ff85e4618bf8c16d95127bad6a635', operation='UPDATE', pgid='pgtrigger_update_update_d9aad', table='surveys_programme', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "surveys_programmeevent" ("created_at", "id", "is_on", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_to", "rhythm", "rule", "sender_address", "sender_name", "slot_key", "updated_at") VALUES (OLD."created_at", OLD."id", OLD."is_on", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reply_to", OLD."rhythm", OLD."rule", OLD."sender_address", OLD."sender_name", OLD."slot_key", OLD."updated_at"); RETURN NULL;', hash='593d1b8ca8d4fb4bda537b81aedc2899a9ecc267', operation='DELETE', pgid='pgtrigger_delete_delete_b5ccd', table='surveys_programme', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ProgrammeEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('kind', models.CharField(choices=[('after_purchase', 'After a purchase'), ('yearly', 'Yearly'), ('one_off', 'One-off')], max_length=14)),
                        ('name', models.CharField(max_length=80)),
                        ('is_on', models.BooleanField(default=False)),
                        ('slot_key', models.SlugField(blank=True, db_index=False, help_text='Of the plan; empty: sent once.', max_length=40)),
                        ('rhythm', models.CharField(choices=[('forecast', 'By the forecast: a quarter, or half a year where too few are asked'), ('half', 'Always half a year, the company as a whole')], default='forecast', max_length=8)),
                        ('sender_name', models.CharField(help_text='The company or a department, never a person.', max_length=80)),
                        ('sender_address', models.EmailField(blank=True, help_text='Neutral; empty: DEFAULT_FROM_EMAIL.', max_length=254)),
                        ('reply_to', models.EmailField(blank=True, help_text='A mailbox that salespeople do not read.', max_length=254)),
                        ('rule', models.JSONField(blank=True, default=dict, help_text='Who is asked, see surveys.rules.')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='surveys.programme')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Questions',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('version', models.PositiveIntegerField()),
                        ('state', models.CharField(choices=[('draft', 'Draft'), ('current', 'Current'), ('retired', 'Earlier')], default='draft', max_length=7)),
                        ('content', models.JSONField(help_text='As ballotbox.questionnaire reads it.')),
                        ('published_on', models.DateField(blank=True, null=True)),
                        ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='surveys.programme')),
                    ],
                    options={
                        'verbose_name_plural': 'questions',
                        'constraints': [models.UniqueConstraint(fields=('programme', 'version'), name='questions_version_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'current'])), fields=('programme', 'state'), name='questions_one_draft_one_current'), models.CheckConstraint(condition=models.Q(models.Q(('published_on__isnull', True), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('published_on__isnull', False)), _connector='OR'), name='questions_published_on_a_day')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."published_on" IS DISTINCT FROM (NEW."published_on") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "surveys_questionsevent" ("content", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "published_on", "state", "updated_at", "version") VALUES (OLD."content", OLD."created_at", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."programme_id", OLD."published_on", OLD."state", OLD."updated_at", OLD."version"); RETURN NULL;', hash='ba1b4daf0f038fe77a2c2bceca3cf4a6ab8017c8', operation='UPDATE', pgid='pgtrigger_update_update_10bd8', table='surveys_questions', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "surveys_questionsevent" ("content", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "published_on", "state", "updated_at", "version") VALUES (OLD."content", OLD."created_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."published_on", OLD."state", OLD."updated_at", OLD."version"); RETURN NULL;', hash='6fdc1cb137b53d833ce06895078a93678a5fbdfb', operation='DELETE', pgid='pgtrigger_delete_delete_bcc96', table='surveys_questions', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='QuestionsEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('version', models.PositiveIntegerField()),
                        ('state', models.CharField(choices=[('draft', 'Draft'), ('current', 'Current'), ('retired', 'Earlier')], default='draft', max_length=7)),
                        ('content', models.JSONField(help_text='As ballotbox.questionnaire reads it.')),
                        ('published_on', models.DateField(blank=True, null=True)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='surveys.questions')),
                        ('programme', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='surveys.programme')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Wave',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('label', models.CharField(max_length=40)),
                        ('opens_on', models.DateField()),
                        ('last_send_on', models.DateField()),
                        ('closes_on', models.DateField()),
                        ('dimensions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, help_text='Empty: the company as a whole.', size=None)),
                        ('state', models.CharField(choices=[('planned', 'key is being made'), ('ready', 'open'), ('held', 'closed, held'), ('released', 'released'), ('destroyed', 'destroyed unread')], default='planned', max_length=9)),
                        ('next_release_on', models.DateField(blank=True, null=True)),
                        ('settled_on', models.DateField(blank=True, null=True)),
                        ('keys_destroyed_on', models.DateField(blank=True, help_text="The mailer's keys of this wave.", null=True)),
                        ('counted_on', models.DateField(blank=True, help_text='When the tally was told how many were invited.', null=True)),
                        ('purged_on', models.DateField(blank=True, help_text='Invitations and mails are gone.', null=True)),
                        ('n_invited', models.PositiveIntegerField(default=0)),
                        ('n_handed_over', models.PositiveIntegerField(default=0)),
                        ('n_bounced', models.PositiveIntegerField(default=0)),
                        ('n_suppressed', models.PositiveIntegerField(default=0)),
                        ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waves', to='surveys.programme')),
                        ('questions', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waves', to='surveys.questions')),
                        ('left_out', models.JSONField(blank=True, default=dict, help_text='Reason -> how many were owed this survey and not asked.')),
                        ('key_is_missing', models.BooleanField(default=False, help_text='The tally looked for its private key and did not find it.')),
                        ('held_for', models.CharField(blank=True, help_text='Why it is held: few or surplus.', max_length=7)),
                        ('n_mailed', models.PositiveIntegerField(default=0, help_text='Left for the mail server; never falls.')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('programme', 'label'), name='wave_once_per_label'), models.CheckConstraint(condition=models.Q(('last_send_on__gte', models.F('opens_on')), ('closes_on__gt', models.F('last_send_on'))), name='wave_days_in_order')],
                    },
                ),
            ],
        ),
    ]
