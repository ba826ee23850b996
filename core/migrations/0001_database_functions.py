"""Extensions and the two immutable functions that search and sorting rest on."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

FOLD = """
CREATE OR REPLACE FUNCTION tend_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$
"""
DIGITS = """
CREATE OR REPLACE FUNCTION tend_digits(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT regexp_replace($1, '[^0-9]', '', 'g') $$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION IF EXISTS tend_fold(text)"),
        migrations.RunSQL(DIGITS, "DROP FUNCTION IF EXISTS tend_digits(text)"),
    ]
