-- What PostgreSQL tells everybody about tables they may not read: sizes, estimates, numbers of rows and writes.
-- With them, whoever has the application's role could count ballots before the close. For this database alone, as
-- a superuser: psql -d tend_ballots -v tally=tend_tally -f hush.sql. Running it again changes nothing.

SELECT set_config('ballots.tally', :'tally', false) \g /dev/null

DO $$
DECLARE
    tally text := current_setting('ballots.tally');
    name text;
    rest text;
BEGIN
    FOR name IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'
            AND proname ~ '^(pg_stat_get_|pg_(total_)?relation_size$|pg_(table|indexes|database|tablespace)_size$|pg_lock_status$)'
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', name, tally);
    END LOOP;
    FOR name IN
        SELECT oid::regclass FROM pg_class
        WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'v'
            AND relname ~ '^(pg_stat_|pg_statio_|pg_locks$)'
    LOOP
        EXECUTE format('REVOKE SELECT ON %s FROM PUBLIC', name);
        EXECUTE format('GRANT SELECT ON %s TO %I', name, tally);
    END LOOP;
    SELECT string_agg(quote_ident(attname), ', ') INTO rest FROM pg_attribute
    WHERE attrelid = 'pg_class'::regclass AND attnum > 0 AND NOT attisdropped
        AND attname NOT IN ('reltuples', 'relpages', 'relallvisible', 'relallfrozen');
    REVOKE SELECT ON pg_class FROM PUBLIC;
    EXECUTE format('GRANT SELECT (%s) ON pg_class TO PUBLIC', rest);
    EXECUTE format('GRANT SELECT ON pg_class TO %I', tally);
END $$;
