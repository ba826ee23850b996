# What the migrations named below make, at once, for a database that is new (docs/adr/0023). Columns stand in
# the order in which those made them.

import core.at_once
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models

# The change history reads all events of some days: a few kilobytes of index for each table of them. They only
# grow at their end, so a BRIN index finds the days, and costs the writers next to nothing.
EVENTS = [
    "accounts_accountevent",
    "accounts_accountfileevent",
    "accounts_fivewanswerevent",
    "accounts_tierconditionevent",
    "accounts_tierevent",
    "accounts_tierliftevent",
    "cadences_appointmentevent",
    "cadences_bulkchangeevent",
    "cadences_campaignevent",
    "cadences_giftbudgetevent",
    "cadences_giftevent",
    "cadences_overrideevent",
    "cadences_planevent",
    "cadences_planitemevent",
    "cadences_purposeevent",
    "cadences_savedviewevent",
    "cadences_scheduleevent",
    "cadences_slotevent",
    "contacts_askevent",
    "contacts_commitmentevent",
    "contacts_concernevent",
    "contacts_concernnoteevent",
    "contacts_contactevent",
    "contacts_expectationevent",
    "contacts_influenceevent",
    "contacts_interactionevent",
    "correspondence_identityevent",
    "correspondence_letterheadevent",
    "correspondence_mailingevent",
    "correspondence_pieceevent",
    "correspondence_piecefileevent",
    "correspondence_printbatchevent",
    "correspondence_templateevent",
    "sales_purchaseevent",
    "surveys_contactrequestevent",
    "surveys_exclusionevent",
    "surveys_mailtextevent",
    "surveys_programmeevent",
    "surveys_questionsevent",
    "users_absenceevent",
    "users_calendarevent",
    "users_closureevent",
    "users_companyevent",
    "users_teamevent",
    "users_userevent",
]


class Migration(migrations.Migration):

    replaces = [
        ('imports', '0001_initial'),
        ('imports', '0002_relations'),
        ('imports', '0003_what_a_check_found'),
        ('imports', '0004_who_said_yes'),
        ('imports', '0005_undo_pauses_and_saved_mappings'),
        ('imports', '0006_more_kinds_of_file'),
        ('imports', '0007_pairs_and_merges'),
        ('imports', '0008_changes_by_moment'),
        ('imports', '0009_taken_out_and_erased'),
        ('imports', '0010_recycle_bin'),
    ]

    initial = True

    dependencies = [
        ('accounts', '0015_every_column_sorts'),
        ('cadences', '0022_written_by_the_plan'),
        ('contacts', '0012_closed_promises_in_order'),
        ('correspondence', '0007_piece_thanks'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('sales', '0007_latest_sales_not_walked'),
        ('surveys', '0005_more_answers_than_mails'),
        ('users', '0010_indexed_by_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        core.at_once.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='AccountPair',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('score', models.PositiveSmallIntegerField(help_text='Higher is likelier; see imports.duplicates.rules.')),
                        ('reasons', models.JSONField(default=list)),
                        ('state', models.CharField(choices=[('open', 'Probably the same'), ('different', 'Not the same')], default='open', max_length=9)),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                        ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['state', '-score', 'id'], name='accountpair_likeliest')],
                        'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='accountpair_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='accountpair_older_first')],
                    },
                ),
                migrations.CreateModel(
                    name='BinRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(choices=[('row', 'a row that went along'), ('reference', 'a column outside that named one of them'), ('followed', 'a touchpoint or meeting that changed by it: before and after')], max_length=9)),
                        ('model', models.CharField(help_text='Its label in lower case.', max_length=60)),
                        ('object_id', models.BigIntegerField()),
                        ('file', models.CharField(blank=True, help_text='What it stores on the disk.', max_length=120)),
                        ('data', models.JSONField()),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='imports.binunit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['unit', 'model', 'object_id'], name='binrow_of_unit'), models.Index(condition=models.Q(('role', 'row')), fields=['model', 'object_id'], name='binrow_of_record'), models.Index(condition=models.Q(('file', ''), _negated=True), fields=['file'], name='binrow_file')],
                    },
                ),
                migrations.CreateModel(
                    name='BinUnit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(help_text='Of the record itself, see imports.bin.kinds.', max_length=12)),
                        ('object_id', models.BigIntegerField()),
                        ('name', models.CharField(help_text='What it was called, for the list and its search.', max_length=300)),
                        ('account_id', models.BigIntegerField(help_text='No key: the account may lie in the bin itself.')),
                        ('account_name', models.CharField(max_length=200)),
                        ('deleted_at', models.DateTimeField()),
                        ('why', models.CharField(blank=True, max_length=200)),
                        ('counts', models.JSONField(default=dict, help_text='{model: rows}, the record itself included.')),
                        ('deleted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('owner', models.ForeignKey(help_text='Of the account on that day: who acts for them may restore.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-deleted_at'], name='binunit_latest'), models.Index(fields=['account_id'], name='binunit_of_account')],
                    },
                ),
                migrations.CreateModel(
                    name='ChangedRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('model', models.CharField(help_text='app.Model', max_length=60)),
                        ('object_id', models.BigIntegerField()),
                        ('before', models.JSONField()),
                        ('after', models.JSONField(null=True)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changed_rows', to='imports.importbatch')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['model', 'object_id'], name='changedrow_of_record')],
                    },
                ),
                migrations.CreateModel(
                    name='ContactPair',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('score', models.PositiveSmallIntegerField(help_text='Higher is likelier; see imports.duplicates.rules.')),
                        ('reasons', models.JSONField(default=list)),
                        ('state', models.CharField(choices=[('open', 'Probably the same'), ('different', 'Not the same')], default='open', max_length=9)),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.contact')),
                        ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.contact')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['state', '-score', 'id'], name='contactpair_likeliest')],
                        'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='contactpair_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='contactpair_older_first')],
                    },
                ),
                migrations.CreateModel(
                    name='CreatedRows',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('model', models.CharField(help_text='app.Model', max_length=60)),
                        ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('since', models.BigIntegerField(default=0)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='created_rows', to='imports.importbatch')),
                    ],
                ),
                migrations.CreateModel(
                    name='Erasure',
                    fields=[
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('contacts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='Ids of their rows, at every account.', size=None)),
                        ('why', models.CharField(choices=[('asked', 'They asked for it'), ('needless', 'The data is not needed any more'), ('unlawful', 'It should not have been kept')], max_length=8)),
                        ('counts', models.JSONField(default=dict, help_text='Kind of record -> rows blanked.')),
                        ('replayed_at', models.DateTimeField(blank=True, help_text='Done again because an older backup was restored.', null=True)),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='ImportBatch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('kind', models.CharField(choices=[('users', 'Users'), ('accounts', 'Accounts and contacts'), ('purchases', 'Purchases'), ('purchase_lines', 'Purchase lines'), ('contacts', 'Contacts'), ('interactions', 'Interactions: calls, meetings, notes'), ('concerns', 'Concerns'), ('commitments', 'Promises')], max_length=14)),
                        ('state', models.CharField(choices=[('uploaded', 'Uploaded, columns to be chosen'), ('checking', 'Being checked'), ('checked', 'Checked, waiting for a yes'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('undoing', 'Being taken back'), ('undone', 'Taken back')], default='uploaded', max_length=8)),
                        ('file', models.FileField(blank=True, help_text='Empty once nobody needs it.', upload_to='imports/%Y/')),
                        ('filename', models.CharField(help_text="As the user's machine called it; shown, never opened.", max_length=200)),
                        ('mapping', models.JSONField(default=dict, help_text='{field: column}.')),
                        ('options', models.JSONField(default=dict)),
                        ('rows_total', models.PositiveIntegerField(default=0)),
                        ('rows_read', models.PositiveIntegerField(default=0)),
                        ('counts', models.JSONField(default=dict, help_text='new, changed, unchanged, refused.')),
                        ('error', models.TextField(blank=True)),
                        ('started_at', models.DateTimeField(blank=True, null=True)),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports', to=settings.AUTH_USER_MODEL)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('error_field', models.CharField(blank=True, help_text='The field or option to set.', max_length=60)),
                        ('layout', models.JSONField(default=dict, help_text='Encoding, delimiter, header, notes, examples.')),
                        ('lease_until', models.DateTimeField(blank=True, help_text='A worker has it until then.', null=True)),
                        ('notes', models.JSONField(default=list, help_text='What has to be said about the file, in words.')),
                        ('samples', models.JSONField(default=list, help_text='The first new and changed rows of the check.')),
                        ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('step', models.CharField(blank=True, choices=[('reading', 'Reading the file …'), ('compare', 'Comparing with what is there …'), ('writing', 'Writing …'), ('planning', 'Working out what is owed to them …'), ('looking', 'Looking at what was changed since …'), ('removing', 'Taking back …')], max_length=8)),
                        ('stop', models.CharField(blank=True, choices=[('pause', 'Paused'), ('cancel', 'Being cancelled')], help_text='Read by the worker.', max_length=6)),
                        ('undo_counts', models.JSONField(default=dict, help_text='removed, restored, gone, kept.')),
                        ('undone_at', models.DateTimeField(blank=True, null=True)),
                        ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name_plural': 'import batches',
                    },
                ),
                migrations.CreateModel(
                    name='ImportedOwner',
                    fields=[
                        ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='accounts.account')),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='KeptRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('model', models.CharField(help_text='app.Model', max_length=60)),
                        ('object_id', models.BigIntegerField()),
                        ('name', models.CharField(max_length=200)),
                        ('reason', models.CharField(max_length=300)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kept_rows', to='imports.importbatch')),
                    ],
                ),
                migrations.CreateModel(
                    name='Merge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('kind', models.CharField(choices=[('account', 'Account'), ('contact', 'Person')], max_length=7)),
                        ('survivor_id', models.BigIntegerField()),
                        ('survivor_name', models.CharField(max_length=200)),
                        ('loser_id', models.BigIntegerField()),
                        ('loser_name', models.CharField(max_length=200)),
                        ('loser_external_id', models.CharField(blank=True, help_text='Under which a later import may know it; empty once that is used.', max_length=60)),
                        ('counts', models.JSONField(default=dict, help_text='Rows that moved, by model.')),
                        ('undone_at', models.DateTimeField(blank=True, null=True)),
                        ('notes', models.JSONField(default=list, help_text='What taking it apart left where it was, in words.')),
                        ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['kind', 'survivor_id'], name='merge_by_survivor'), models.Index(condition=models.Q(('loser_external_id', ''), _negated=True), fields=['loser_external_id'], name='merge_by_number')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('kind', 'loser_id'), name='merge_once'), models.CheckConstraint(condition=models.Q(('survivor_id', models.F('loser_id')), _negated=True), name='merge_of_two')],
                    },
                ),
                migrations.CreateModel(
                    name='MergeStep',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('model', models.CharField(help_text='Such as contacts.Interaction.', max_length=80)),
                        ('act', models.CharField(choices=[('moved', 'Moved'), ('dropped', 'Dropped'), ('changed', 'Changed')], max_length=7)),
                        ('column', models.CharField(blank=True, max_length=60)),
                        ('rows', models.JSONField(default=list)),
                        ('merge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='imports.merge')),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='Refusal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('row', models.PositiveIntegerField(help_text='Line in the file, the header being line 1.')),
                        ('column', models.CharField(blank=True, max_length=120)),
                        ('reason', models.CharField(max_length=300)),
                        ('cells', models.JSONField(default=list)),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refusals', to='imports.importbatch')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['batch', 'row'], name='refusal_by_row')],
                    },
                ),
                migrations.CreateModel(
                    name='Retention',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('kind', models.CharField(choices=[('notes', 'Notes'), ('talks', 'What was said in talks'), ('mails', 'Words of e-mails and letters'), ('concerns', 'Words of solved concerns'), ('promises', 'Words of closed promises'), ('meetings', 'Agendas of past meetings'), ('files', 'Files on accounts')], max_length=8, unique=True)),
                        ('years', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)])),
                    ],
                    options={
                        'abstract': False,
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."years" IS DISTINCT FROM (NEW."years"))', func='INSERT INTO "imports_retentionevent" ("created_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "years") VALUES (OLD."created_at", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."updated_at", OLD."years"); RETURN NULL;', hash='81f81269b6a95a2ec5e3f7c016abf7dc0e3623c8', operation='UPDATE', pgid='pgtrigger_update_update_50fe3', table='imports_retention', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "imports_retentionevent" ("created_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "years") VALUES (OLD."created_at", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."updated_at", OLD."years"); RETURN NULL;', hash='4af76956c04fa290a6aab8947baca125cee7d15d', operation='DELETE', pgid='pgtrigger_delete_delete_77de6', table='imports_retention', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='RetentionEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('kind', models.CharField(choices=[('notes', 'Notes'), ('talks', 'What was said in talks'), ('mails', 'Words of e-mails and letters'), ('concerns', 'Words of solved concerns'), ('promises', 'Words of closed promises'), ('meetings', 'Agendas of past meetings'), ('files', 'Files on accounts')], max_length=8)),
                        ('years', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)])),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='imports.retention')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='SavedMapping',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('name', models.CharField(max_length=80)),
                        ('kind', models.CharField(max_length=14)),
                        ('columns', models.JSONField(help_text='{field: column}.')),
                        ('options', models.JSONField(default=dict, help_text="Without the day that dates a file's facts.")),
                        ('uses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), help_text='Columns that a file must have.', size=None)),
                        ('used_at', models.DateTimeField(auto_now_add=True)),
                        ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='savedmapping_one_name')],
                    },
                ),
                migrations.CreateModel(
                    name='TakeOut',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('key', models.UUIDField(default=uuid.uuid4, editable=False, help_text='Names its file.', unique=True)),
                        ('with_files', models.BooleanField(default=False, help_text='Uploaded files lie in it, too.')),
                        ('state', models.CharField(choices=[('running', 'Being made'), ('ready', 'Ready'), ('failed', 'Failed'), ('gone', 'Deleted')], default='running', max_length=7)),
                        ('step', models.CharField(blank=True, help_text='The table that is being written.', max_length=60)),
                        ('steps_total', models.PositiveIntegerField(default=0)),
                        ('steps_done', models.PositiveIntegerField(default=0)),
                        ('counts', models.JSONField(default=dict, help_text='Table -> rows.')),
                        ('size', models.PositiveBigIntegerField(default=0, help_text='Bytes.')),
                        ('error', models.CharField(blank=True, max_length=300)),
                        ('lease_until', models.DateTimeField(blank=True, help_text='A worker has it until then.', null=True)),
                        ('attempts', models.PositiveSmallIntegerField(default=0)),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('fetched_at', models.DateTimeField(blank=True, help_text='The last time.', null=True)),
                        ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('fetched_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='takeout_one_at_a_time')],
                    },
                ),
            ],
        ),
        migrations.RunSQL(
            [
                f"CREATE INDEX IF NOT EXISTS {table}_by_moment ON {table} USING brin (pgh_created_at)"
                " WITH (pages_per_range = 32, autosummarize = on)"
                for table in EVENTS
            ],
            [f"DROP INDEX IF EXISTS {table}_by_moment" for table in EVENTS],
        ),
        migrations.RunSQL(
            "CREATE INDEX history_context_by_user ON pghistory_context ((metadata -> 'user'))",
            "DROP INDEX history_context_by_user",
        ),
    ]
