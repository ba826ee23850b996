-- The ballots' own database. Applied by its owner, the tally's role; running it again changes nothing.
-- No date or time, no sequence and no person stands beside a ballot: docs/anonymity.md says why.

CREATE TABLE IF NOT EXISTS wave (
    id            uuid PRIMARY KEY,
    programme     text NOT NULL,   -- whose waves are compared with each other
    label         text NOT NULL,   -- as people read it: "2026 Q4"
    opens         date NOT NULL,
    last_send     date NOT NULL,
    closes        date NOT NULL,
    questionnaire jsonb NOT NULL,  -- frozen
    policy        jsonb NOT NULL,  -- floors: frozen, may only be raised
    dimensions    text[] NOT NULL DEFAULT '{}', -- of the codes on a ticket, what figures are shown by
    invited       jsonb NOT NULL DEFAULT '{}',  -- {"": 142, "tier:Large": 31}, filled in at the close
    public_key    bytea,           -- made by the tally
    state         text NOT NULL DEFAULT 'planned',
    next_release  date,            -- of a held wave
    settled_on    date,            -- released or destroyed
    trustee_copy  boolean NOT NULL DEFAULT false, -- of its key; without one, a lost key loses the wave
    keys_destroyed_on date,        -- its private key no longer exists
    CONSTRAINT wave_known_state CHECK (state IN ('planned', 'ready', 'held', 'released', 'destroyed')),
    CONSTRAINT wave_days_in_order CHECK (opens <= last_send AND last_send < closes),
    CONSTRAINT wave_one_dimension CHECK (cardinality(dimensions) <= 1), -- two could be crossed
    CONSTRAINT wave_key_length CHECK (octet_length(public_key) = 32),
    CONSTRAINT wave_ready_with_key CHECK (state = 'planned' OR public_key IS NOT NULL),
    CONSTRAINT wave_settled_on_a_day CHECK ((settled_on IS NOT NULL) = (state IN ('released', 'destroyed'))),
    CONSTRAINT wave_keys_last_until_settled CHECK (keys_destroyed_on IS NULL OR settled_on IS NOT NULL),
    CONSTRAINT wave_floors_not_too_low CHECK (
        coalesce((policy ->> 'score')::int, 0) >= 5
        AND coalesce((policy ->> 'comment')::int, 0) >= 8
        AND coalesce((policy ->> 'remainder')::int, 0) >= 5
        AND coalesce((policy ->> 'increment')::int, 0) >= 5
        AND coalesce((policy ->> 'cell')::int, 0) >= 15
        AND coalesce((policy ->> 'cautious')::int, 0) >= 30
        AND coalesce((policy ->> 'even')::int, 0) >= 20
    )
);

-- The tally looks for the keys of waves that are to be opened, each night.
ALTER TABLE wave ADD COLUMN IF NOT EXISTS key_missing boolean NOT NULL DEFAULT false;
-- Mails that may have arrived, those that bounced included: filled in at the close. Why a wave is held: too few
-- answers, or a surplus, more of them than mails.
ALTER TABLE wave
    ADD COLUMN IF NOT EXISTS mailed int CHECK (mailed >= 0),
    ADD COLUMN IF NOT EXISTS held_for text CHECK (held_for IN ('few', 'surplus'));
-- May hold ballots from before there were marks in them: true of the waves that this line finds, of no later one.
ALTER TABLE wave ADD COLUMN IF NOT EXISTS unmarked boolean NOT NULL DEFAULT true;
ALTER TABLE wave ALTER COLUMN unmarked SET DEFAULT false;

-- What customers were promised cannot be taken back by anybody, the tally included.
CREATE OR REPLACE FUNCTION wave_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    floor text;
BEGIN
    IF OLD.state IN ('released', 'destroyed') THEN
        IF OLD.keys_destroyed_on IS NULL
           AND to_jsonb(NEW) - 'keys_destroyed_on' = to_jsonb(OLD) - 'keys_destroyed_on' THEN
            RETURN NEW; -- the one thing that is known later
        END IF;
        RAISE EXCEPTION 'A settled wave does not change.';
    END IF;
    IF (NEW.id, NEW.programme, NEW.questionnaire, NEW.opens, NEW.last_send, NEW.closes, NEW.dimensions)
        IS DISTINCT FROM
       (OLD.id, OLD.programme, OLD.questionnaire, OLD.opens, OLD.last_send, OLD.closes, OLD.dimensions) THEN
        RAISE EXCEPTION 'A wave keeps its questions, dates and dimensions.';
    END IF;
    IF OLD.public_key IS NOT NULL AND NEW.public_key IS DISTINCT FROM OLD.public_key THEN
        RAISE EXCEPTION 'A wave keeps its key.';
    END IF;
    FOR floor IN SELECT jsonb_object_keys(OLD.policy) LOOP
        IF coalesce((NEW.policy ->> floor)::int, 0) < (OLD.policy ->> floor)::int THEN
            RAISE EXCEPTION 'The floor "%" may only be raised.', floor;
        END IF;
    END LOOP;
    IF OLD.state = 'ready' AND NEW.state = 'planned'
       OR OLD.state = 'planned' AND NEW.state NOT IN ('planned', 'ready')
       OR OLD.state = 'held' AND NEW.state IN ('planned', 'ready') THEN
        RAISE EXCEPTION 'A wave is planned, ready, perhaps held, then released or destroyed; never back.';
    END IF;
    IF OLD.state = 'held' AND (NEW.policy, NEW.invited, NEW.mailed)
                              IS DISTINCT FROM (OLD.policy, OLD.invited, OLD.mailed) THEN
        RAISE EXCEPTION 'The floors and counts of a closed wave stay as they are.';
    END IF;
    IF OLD.held_for = 'surplus' AND (NEW.held_for IS DISTINCT FROM 'surplus' OR NEW.state = 'released') THEN
        RAISE EXCEPTION 'A wave with more ballots than mails is never released.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER wave_keeps_its_word BEFORE UPDATE ON wave
    FOR EACH ROW EXECUTE FUNCTION wave_keeps_its_word();

CREATE OR REPLACE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Waves and what was released of them stay.';
END $$;

CREATE OR REPLACE TRIGGER wave_stays BEFORE DELETE ON wave
    FOR EACH ROW WHEN (OLD.state <> 'planned') EXECUTE FUNCTION stays();
CREATE OR REPLACE TRIGGER stays BEFORE TRUNCATE ON wave EXECUTE FUNCTION stays();

-- One row says: this tag has voted. Which invitation a tag belongs to is written nowhere.
CREATE TABLE IF NOT EXISTS ballot (
    wave   uuid NOT NULL,
    tag    bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (wave, tag),
    CONSTRAINT ballot_tag_length CHECK (octet_length(tag) = 16),
    CONSTRAINT ballot_one_length CHECK (octet_length(sealed) = 4144)
) PARTITION BY LIST (wave);

-- PostgreSQL tidies a table up after every so many new rows, and shows the whole server that it is at it: the count.
CREATE OR REPLACE FUNCTION leave_ballots_untidied() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT c.oid FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
        WHERE inhparent = 'ballot'::regclass AND c.reloptions IS NULL
    LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)', part);
    END LOOP;
END $$;

SELECT leave_ballots_untidied();

-- Names, addresses and numbers that comments may not show: one set for the wave, removed with its ballots.
CREATE TABLE IF NOT EXISTS redaction (
    wave  uuid PRIMARY KEY REFERENCES wave ON DELETE CASCADE,
    words text[] NOT NULL
);

-- What the tally lets out, in one transaction, for good.
CREATE TABLE IF NOT EXISTS release (
    id                uuid PRIMARY KEY,
    programme         text NOT NULL,
    label             text NOT NULL,
    waves             uuid[] NOT NULL,
    released_on       date NOT NULL,
    ballots           int NOT NULL,
    invalid           int NOT NULL,
    cells_withheld    int NOT NULL,
    invited           int,             -- null with the response: the two would say the same
    response          int,             -- per cent, rounded to 5; null where it would say too much
    fingerprints      text[] NOT NULL, -- of the keys
    keys_destroyed_on date,
    code_version      text NOT NULL
);
CREATE TABLE IF NOT EXISTS figure (
    release  uuid NOT NULL REFERENCES release,
    cell     text NOT NULL,              -- '' is the whole company, else "tier:Large"
    question text NOT NULL,
    item     text NOT NULL DEFAULT '',   -- a line of a question with lines
    measure  text NOT NULL,              -- ballotbox/figures.py lists them
    amount   numeric NOT NULL,
    PRIMARY KEY (release, cell, question, item, measure)
);
CREATE TABLE IF NOT EXISTS hidden (
    release  uuid NOT NULL REFERENCES release,
    cell     text NOT NULL,
    question text NOT NULL,              -- '' is the whole cell
    item     text NOT NULL DEFAULT '',   -- '' is the whole question
    reason   text NOT NULL,
    PRIMARY KEY (release, cell, question, item),
    CONSTRAINT hidden_known_reason CHECK (reason IN ('few', 'remainder', 'increment', 'even'))
);
CREATE TABLE IF NOT EXISTS comment (
    id       uuid PRIMARY KEY,
    release  uuid NOT NULL REFERENCES release,
    question text NOT NULL,
    text     text NOT NULL
);
CREATE INDEX IF NOT EXISTS comment_of_release ON comment (release, question);

CREATE OR REPLACE FUNCTION released_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'release' AND TG_OP = 'UPDATE'
       AND to_jsonb(OLD) ->> 'keys_destroyed_on' IS NULL
       AND to_jsonb(NEW) - 'keys_destroyed_on' = to_jsonb(OLD) - 'keys_destroyed_on' THEN
        RETURN NEW; -- the one thing that is known later
    END IF;
    RAISE EXCEPTION 'What has been released is not changed.';
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['release', 'figure', 'hidden', 'comment'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER released_for_good BEFORE UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION released_for_good()', name);
        EXECUTE format('CREATE OR REPLACE TRIGGER stays BEFORE TRUNCATE ON %I
                        EXECUTE FUNCTION stays()', name);
    END LOOP;
END $$;
