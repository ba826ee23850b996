# What the migrations named below make, at once, for a database that is new (docs/adr/0023). Columns stand in
# the order in which those made them.

import core.at_once
import core.text
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import users.models.calendars
import users.models.people
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('users', '0001_initial'),
        ('users', '0002_sessions'),
        ('users', '0003_deputies_and_time_zones'),
        ('users', '0004_email_taken'),
        ('users', '0005_history_index'),
        ('users', '0006_capacity_and_absences_that_wait'),
        ('users', '0007_indexes_that_others_repeat'),
        ('users', '0008_mails_about_the_day'),
        ('users', '0009_when_an_account_is_quiet'),
        ('users', '0010_indexed_by_name'),
    ]

    initial = True

    dependencies = [
        ('core', '0001_database_functions'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        core.at_once.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Absence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('starts_on', models.DateField()),
                        ('ends_on', models.DateField()),
                        ('reason', models.CharField(blank=True, max_length=120)),
                        ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='covered_absences', to=settings.AUTH_USER_MODEL)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
                        ('waits', models.BooleanField(default=False, help_text='Nobody stands in, not even the standing deputy: all moves to the return.')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['user', 'starts_on', 'ends_on'], name='absence_by_user')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='absence_ends_after_start'), models.CheckConstraint(condition=models.Q(('deputy__isnull', True), models.Q(('deputy', models.F('user')), _negated=True), _connector='OR'), name='absence_deputy_is_another'), models.CheckConstraint(condition=models.Q(('waits', False), ('deputy__isnull', True), _connector='OR'), name='absence_waits_or_has_a_deputy')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."deputy_id" IS DISTINCT FROM (NEW."deputy_id") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."waits" IS DISTINCT FROM (NEW."waits"))', func='INSERT INTO "users_absenceevent" ("created_at", "deputy_id", "ends_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_on", "updated_at", "user_id", "waits") VALUES (OLD."created_at", OLD."deputy_id", OLD."ends_on", OLD."id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reason", OLD."starts_on", OLD."updated_at", OLD."user_id", OLD."waits"); RETURN NULL;', hash='c04043792a81ae369ad58a400fcdbcdff24b109b', operation='UPDATE', pgid='pgtrigger_update_update_56f1c', table='users_absence', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "users_absenceevent" ("created_at", "deputy_id", "ends_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "starts_on", "updated_at", "user_id", "waits") VALUES (OLD."created_at", OLD."deputy_id", OLD."ends_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."starts_on", OLD."updated_at", OLD."user_id", OLD."waits"); RETURN NULL;', hash='2af63b0acbba54c603817214b8d394bd335fce15', operation='DELETE', pgid='pgtrigger_delete_delete_ea8ed', table='users_absence', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='AbsenceEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('starts_on', models.DateField()),
                        ('ends_on', models.DateField()),
                        ('reason', models.CharField(blank=True, max_length=120)),
                        ('deputy', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='users.absence')),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('waits', models.BooleanField(default=False, help_text='Nobody stands in, not even the standing deputy: all moves to the return.')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Calendar',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('name', models.CharField(max_length=80, unique=True)),
                        ('country', models.CharField(blank=True, help_text='ISO 3166-1 code; empty: no public holidays.', max_length=2)),
                        ('subdivision', models.CharField(blank=True, help_text='State or region, as ISO 3166-2.', max_length=10)),
                        ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=users.models.calendars.monday_to_friday, help_text='ISO weekdays, Monday is 1.', size=None)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('weekdays__contained_by', [1, 2, 3, 4, 5, 6, 7]), ('weekdays__len__gte', 1)), name='calendar_weekdays_known')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."subdivision" IS DISTINCT FROM (NEW."subdivision") OR OLD."weekdays" IS DISTINCT FROM (NEW."weekdays"))', func='INSERT INTO "users_calendarevent" ("country", "created_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subdivision", "updated_at", "weekdays") VALUES (OLD."country", OLD."created_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."subdivision", OLD."updated_at", OLD."weekdays"); RETURN NULL;', hash='a32f57f4686e557ce493d45dd377482dcbed5639', operation='UPDATE', pgid='pgtrigger_update_update_425a2', table='users_calendar', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "users_calendarevent" ("country", "created_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subdivision", "updated_at", "weekdays") VALUES (OLD."country", OLD."created_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."subdivision", OLD."updated_at", OLD."weekdays"); RETURN NULL;', hash='9524574478485a7c43cb98c5e1004a5a546aee73', operation='DELETE', pgid='pgtrigger_delete_delete_fbf8f', table='users_calendar', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('name', models.CharField(max_length=80)),
                        ('country', models.CharField(blank=True, help_text='ISO 3166-1 code; empty: no public holidays.', max_length=2)),
                        ('subdivision', models.CharField(blank=True, help_text='State or region, as ISO 3166-2.', max_length=10)),
                        ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=users.models.calendars.monday_to_friday, help_text='ISO weekdays, Monday is 1.', size=None)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='users.calendar')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Closure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('name', models.CharField(max_length=120)),
                        ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='users.calendar')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('calendar', 'day'), name='closure_once')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "users_closureevent" ("calendar_id", "day", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."calendar_id", OLD."day", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='5edddf1d725844271fb940aff4b5af52f4e63afe', operation='UPDATE', pgid='pgtrigger_update_update_ff86e', table='users_closure', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "users_closureevent" ("calendar_id", "day", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."calendar_id", OLD."day", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='bb533774ca82e50645eb292274093e084ffca742', operation='DELETE', pgid='pgtrigger_delete_delete_69015', table='users_closure', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ClosureEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('day', models.DateField()),
                        ('name', models.CharField(max_length=120)),
                        ('calendar', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='users.calendar')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='users.closure')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Company',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('name', models.CharField(default='Our company', max_length=120)),
                        ('time_zone', models.CharField(default='UTC', help_text='Decides the civil date of the night.', max_length=64)),
                        ('currency', models.CharField(default='EUR', help_text='ISO 4217; sums for tiers are in it.', max_length=3)),
                        ('book_size', models.PositiveSmallIntegerField(default=25)),
                        ('calendar', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='users.calendar')),
                        ('capacity_minutes', models.PositiveSmallIntegerField(default=120, help_text='Contact minutes per working day of a user who has none of their own.')),
                        ('quiet_amount', models.DecimalField(decimal_places=2, default=0, help_text='Purchases of these months are substantial if their net sum is more than this.', max_digits=18)),
                        ('quiet_months', models.PositiveSmallIntegerField(default=6, help_text='After so many months without a substantial purchase the page asks why (R8).')),
                    ],
                    options={
                        'verbose_name_plural': 'companies',
                        'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='company_only_one'), models.CheckConstraint(condition=models.Q(('capacity_minutes__lte', 1440)), name='company_capacity_fits_a_day'), models.CheckConstraint(condition=models.Q(('quiet_amount__gte', 0), ('quiet_months__range', (1, 60))), name='company_quiet_is_possible')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."book_size" IS DISTINCT FROM (NEW."book_size") OR OLD."calendar_id" IS DISTINCT FROM (NEW."calendar_id") OR OLD."capacity_minutes" IS DISTINCT FROM (NEW."capacity_minutes") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."quiet_amount" IS DISTINCT FROM (NEW."quiet_amount") OR OLD."quiet_months" IS DISTINCT FROM (NEW."quiet_months") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))', func='INSERT INTO "users_companyevent" ("book_size", "calendar_id", "capacity_minutes", "created_at", "currency", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_amount", "quiet_months", "time_zone", "updated_at") VALUES (OLD."book_size", OLD."calendar_id", OLD."capacity_minutes", OLD."created_at", OLD."currency", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."quiet_amount", OLD."quiet_months", OLD."time_zone", OLD."updated_at"); RETURN NULL;', hash='d6c72dfe2beb03c2cfac9b725e7c2a3065efd088', operation='UPDATE', pgid='pgtrigger_update_update_7e188', table='users_company', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "users_companyevent" ("book_size", "calendar_id", "capacity_minutes", "created_at", "currency", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_amount", "quiet_months", "time_zone", "updated_at") VALUES (OLD."book_size", OLD."calendar_id", OLD."capacity_minutes", OLD."created_at", OLD."currency", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quiet_amount", OLD."quiet_months", OLD."time_zone", OLD."updated_at"); RETURN NULL;', hash='a049851b0a4f42fc45b2f92098514b5e099ca2cb', operation='DELETE', pgid='pgtrigger_delete_delete_2d8c6', table='users_company', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='CompanyEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('name', models.CharField(default='Our company', max_length=120)),
                        ('time_zone', models.CharField(default='UTC', help_text='Decides the civil date of the night.', max_length=64)),
                        ('currency', models.CharField(default='EUR', help_text='ISO 4217; sums for tiers are in it.', max_length=3)),
                        ('book_size', models.PositiveSmallIntegerField(default=25)),
                        ('calendar', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='users.calendar')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='users.company')),
                        ('capacity_minutes', models.PositiveSmallIntegerField(default=120, help_text='Contact minutes per working day of a user who has none of their own.')),
                        ('quiet_amount', models.DecimalField(decimal_places=2, default=0, help_text='Purchases of these months are substantial if their net sum is more than this.', max_digits=18)),
                        ('quiet_months', models.PositiveSmallIntegerField(default=6, help_text='After so many months without a substantial purchase the page asks why (R8).')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='PublicHoliday',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('country', models.CharField(max_length=2)),
                        ('subdivision', models.CharField(blank=True, help_text='Empty: the whole country.', max_length=10)),
                        ('day', models.DateField()),
                        ('name', models.CharField(max_length=200)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('country', 'subdivision', 'day'), name='publicholiday_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Session',
                    fields=[
                        ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                        ('session_data', models.TextField(verbose_name='session data')),
                        ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'session',
                    },
                ),
                migrations.CreateModel(
                    name='Team',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('name', models.CharField(max_length=80, unique=True)),
                        ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='managed_teams', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'abstract': False,
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."manager_id" IS DISTINCT FROM (NEW."manager_id") OR OLD."name" IS DISTINCT FROM (NEW."name"))', func='INSERT INTO "users_teamevent" ("created_at", "id", "manager_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at") VALUES (OLD."created_at", OLD."id", OLD."manager_id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."updated_at"); RETURN NULL;', hash='9c2c929a4c9dc48269feb0d89e9e8972d1f656a7', operation='UPDATE', pgid='pgtrigger_update_update_f2d9b', table='users_team', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "users_teamevent" ("created_at", "id", "manager_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at") VALUES (OLD."created_at", OLD."id", OLD."manager_id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."updated_at"); RETURN NULL;', hash='ad052e31548eb7e6257ec7d21e9b062f5e38f4e0', operation='DELETE', pgid='pgtrigger_delete_delete_d474b', table='users_team', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='TeamEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('name', models.CharField(max_length=80)),
                        ('manager', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='users.team')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('email', models.EmailField(blank=True, error_messages={'unique': 'Somebody else has this e-mail address.'}, help_text='Lower case; empty until the user is invited.', max_length=254, null=True, unique=True)),
                        ('display_name', models.CharField(max_length=120)),
                        ('external_id', models.CharField(blank=True, help_text="Id in the company's other systems.", max_length=60, null=True, unique=True)),
                        ('job_title', models.CharField(blank=True, max_length=120)),
                        ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('salesperson', 'Salesperson'), ('manager', 'Manager'), ('admin', 'Admin'), ('reader', 'Reader')], max_length=12), blank=True, default=list, size=None)),
                        ('department', models.CharField(blank=True, max_length=80)),
                        ('time_zone', models.CharField(default='UTC', max_length=64, validators=[users.models.people.known_time_zone])),
                        ('language', models.CharField(default='en', max_length=10)),
                        ('is_active', models.BooleanField(default=True)),
                        ('deactivated_at', models.DateTimeField(blank=True, null=True)),
                        ('invited_at', models.DateTimeField(blank=True, null=True)),
                        ('deputy', models.ForeignKey(blank=True, help_text='Stands in during absences that name nobody else.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deputises_for', to=settings.AUTH_USER_MODEL)),
                        ('calendar', models.ForeignKey(blank=True, help_text="Working week and holidays; the company's when empty.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='users', to='users.calendar')),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='members', to='users.team')),
                        ('capacity_minutes', models.PositiveSmallIntegerField(blank=True, help_text="Contact minutes per working day; the company's when empty.", null=True)),
                        ('digest_at', models.TimeField(blank=True, default=datetime.time(7, 0), help_text="Their clock at which the day's mail leaves on working days; empty: no such mail.", null=True)),
                        ('team_digest', models.BooleanField(default=True, help_text="A manager's mail about the team, on the first working day of a week.")),
                    ],
                    options={
                        'indexes': [models.Index(core.text.Fold('display_name'), models.F('id'), name='user_by_name')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_lower_case'), models.CheckConstraint(condition=models.Q(('roles__contained_by', ['salesperson', 'manager', 'admin', 'reader'])), name='user_roles_known'), models.CheckConstraint(condition=models.Q(('deputy__isnull', True), models.Q(('deputy', models.F('id')), _negated=True), _connector='OR'), name='user_deputy_is_another', violation_error_message='Nobody is their own deputy.'), models.CheckConstraint(condition=models.Q(('capacity_minutes__lte', 1440)), name='user_capacity_fits_a_day')],
                        'triggers': [pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."calendar_id" IS DISTINCT FROM (NEW."calendar_id") OR OLD."capacity_minutes" IS DISTINCT FROM (NEW."capacity_minutes") OR OLD."deactivated_at" IS DISTINCT FROM (NEW."deactivated_at") OR OLD."department" IS DISTINCT FROM (NEW."department") OR OLD."deputy_id" IS DISTINCT FROM (NEW."deputy_id") OR OLD."digest_at" IS DISTINCT FROM (NEW."digest_at") OR OLD."display_name" IS DISTINCT FROM (NEW."display_name") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_at" IS DISTINCT FROM (NEW."invited_at") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."job_title" IS DISTINCT FROM (NEW."job_title") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."team_digest" IS DISTINCT FROM (NEW."team_digest") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))', func='INSERT INTO "users_userevent" ("calendar_id", "capacity_minutes", "created_at", "deactivated_at", "department", "deputy_id", "digest_at", "display_name", "email", "external_id", "id", "invited_at", "is_active", "job_title", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "team_digest", "team_id", "time_zone", "updated_at") VALUES (OLD."calendar_id", OLD."capacity_minutes", OLD."created_at", OLD."deactivated_at", OLD."department", OLD."deputy_id", OLD."digest_at", OLD."display_name", OLD."email", OLD."external_id", OLD."id", OLD."invited_at", OLD."is_active", OLD."job_title", OLD."language", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."roles", OLD."team_digest", OLD."team_id", OLD."time_zone", OLD."updated_at"); RETURN NULL;', hash='66c4942885602e20f84bca19264d4997b778a098', operation='UPDATE', pgid='pgtrigger_update_update_16e22', table='users_user', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "users_userevent" ("calendar_id", "capacity_minutes", "created_at", "deactivated_at", "department", "deputy_id", "digest_at", "display_name", "email", "external_id", "id", "invited_at", "is_active", "job_title", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "team_digest", "team_id", "time_zone", "updated_at") VALUES (OLD."calendar_id", OLD."capacity_minutes", OLD."created_at", OLD."deactivated_at", OLD."department", OLD."deputy_id", OLD."digest_at", OLD."display_name", OLD."email", OLD."external_id", OLD."id", OLD."invited_at", OLD."is_active", OLD."job_title", OLD."language", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."roles", OLD."team_digest", OLD."team_id", OLD."time_zone", OLD."updated_at"); RETURN NULL;', hash='f840eefb4a81539ac104e2a6f36ae6c68674f987', operation='DELETE', pgid='pgtrigger_delete_delete_56c96', table='users_user', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='UserEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('updated_at', models.DateTimeField(auto_now=True)),
                        ('email', models.EmailField(blank=True, error_messages={'unique': 'Somebody else has this e-mail address.'}, help_text='Lower case; empty until the user is invited.', max_length=254, null=True)),
                        ('display_name', models.CharField(max_length=120)),
                        ('external_id', models.CharField(blank=True, help_text="Id in the company's other systems.", max_length=60, null=True)),
                        ('job_title', models.CharField(blank=True, max_length=120)),
                        ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('salesperson', 'Salesperson'), ('manager', 'Manager'), ('admin', 'Admin'), ('reader', 'Reader')], max_length=12), blank=True, default=list, size=None)),
                        ('department', models.CharField(blank=True, max_length=80)),
                        ('time_zone', models.CharField(default='UTC', max_length=64, validators=[users.models.people.known_time_zone])),
                        ('language', models.CharField(default='en', max_length=10)),
                        ('is_active', models.BooleanField(default=True)),
                        ('deactivated_at', models.DateTimeField(blank=True, null=True)),
                        ('invited_at', models.DateTimeField(blank=True, null=True)),
                        ('calendar', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text="Working week and holidays; the company's when empty.", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='users.calendar')),
                        ('deputy', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Stands in during absences that name nobody else.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
                        ('team', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='users.team')),
                        ('capacity_minutes', models.PositiveSmallIntegerField(blank=True, help_text="Contact minutes per working day; the company's when empty.", null=True)),
                        ('digest_at', models.TimeField(blank=True, default=datetime.time(7, 0), help_text="Their clock at which the day's mail leaves on working days; empty: no such mail.", null=True)),
                        ('team_digest', models.BooleanField(default=True, help_text="A manager's mail about the team, on the first working day of a week.")),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
            ],
        ),
    ]
