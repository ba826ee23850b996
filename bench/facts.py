"""Fills a database with accounts and their history by INSERT … SELECT over generate_series."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import holidays
from django.db import connection, models

from accounts.models import Account, BookEntry
from contacts.models import Commitment, Concern, Contact, Interaction
from sales.models import Purchase
from users.models import Absence, Calendar, Company, PublicHoliday, Team, User

OWNED = 250  # accounts per salesperson, whatever the number of accounts: a day has the same length
COUNTRIES = ("DE", "DK", "NL", "FR", "SE", "GB", "AT", "PL")


def execute(statement: str, values: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def chance(number: str, salt: int, modulo: int) -> str:
    """SQL: a whole number below ``modulo``, the same at every run, from a row's number."""
    return f"mod(abs(hashint8extended({number}, {salt})), {modulo})"


def insert(model: type[models.Model], source: str, /, **given: str) -> int:
    """INSERT … SELECT into a model's table; columns not named get the model's defaults."""
    columns, expressions, defaults = [], [], []
    for field in model._meta.concrete_fields:
        if field.generated:
            continue
        if field.name in given:
            columns.append(field.column)
            expressions.append(given[field.name])
        elif getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            columns.append(field.column)
            expressions.append("now()")
        elif isinstance(field, models.UUIDField) and field.has_default():
            columns.append(field.column)
            expressions.append("gen_random_uuid()")
        elif not field.null and not field.primary_key:
            columns.append(field.column)
            expressions.append("%s::" + str(field.db_type(connection)).split(" COLLATE")[0])
            defaults.append(field.get_db_prep_save(field.get_default(), connection))
    names = ", ".join(f'"{column}"' for column in columns)
    return execute(
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(expressions)} {source}', defaults
    )


def fill(
    accounts: int, today: date, *, before_indexes: Callable[[], Any], say: Callable[[str], None]
) -> dict[str, int]:
    """A company with this many accounts: contacts 1.5x, purchases 2x, interactions 3x. Returns row counts.

    ``before_indexes`` runs when the rows are there and their indexes are not.
    """
    users = _staff(max(4, accounts // OWNED), today)
    tables = (Account, Contact, Purchase, Interaction)
    rest = [definition for table in tables for definition in _strip(table._meta.db_table)]
    day = f"DATE '{today.isoformat()}'"
    counts = {
        "accounts": _accounts(accounts, users, day),
        "contacts": _contacts(accounts),
        "purchases": _purchases(accounts, day),
        "interactions": _interactions(accounts, users, day),
    }
    say(f"  rows of {accounts:,} accounts written")
    vacuum()
    before_indexes()
    say("  first tiers assigned")
    for definition in rest:
        execute(definition)
    say("  indexes and foreign keys built")
    insert(
        BookEntry,
        f"FROM accounts_account a WHERE a.owner_id IS NOT NULL AND {chance('a.id', 90, 10)} = 0",
        user="owner_id",
        account="id",
        added_on=day,
    )
    for table in (*tables, User, BookEntry):
        execute(
            f"SELECT setval(pg_get_serial_sequence('{table._meta.db_table}', 'id'), "
            f"(SELECT max(id) FROM {table._meta.db_table}))"
        )
    vacuum()
    return counts | {"users": users}


def vacuum() -> None:
    """Visibility and statistics as on a database at rest."""
    execute("VACUUM ANALYZE")


def _strip(table: str) -> list[str]:
    """Take indexes and foreign keys away for the loading. Returns the statements that bring them back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid = %s::regclass AND NOT indisunique",
            [table],
        )
        found = cursor.fetchall()
        cursor.execute(
            "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname), "
            "format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, "
            "pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'",
            [table],
        )
        found += cursor.fetchall()
    for drop, _ in found:
        execute(drop)
    return [restore for _, restore in found]


def _staff(count: int, today: date) -> int:
    """Salespeople in teams of eight, three calendars, holidays, one in twenty away now."""
    calendars = [
        Calendar.objects.get_or_create(name=f"Office {code}", defaults={"country": code})[0].pk
        for code in COUNTRIES[:3]
    ]
    Company.objects.update_or_create(id=1, defaults={"currency": "EUR", "calendar_id": calendars[0]})
    years = range(today.year - 2, today.year + 3)
    PublicHoliday.objects.bulk_create(
        [
            PublicHoliday(country=code, day=day, name=name)
            for code in COUNTRIES
            for day, name in holidays.country_holidays(code, years=years).items()
        ],
        ignore_conflicts=True,
    )
    teams = max(1, count // 8)
    insert(Team, f"FROM generate_series(1, {teams}) g", id="g", name="'Team ' || g")
    insert(
        User,
        f"FROM generate_series(1, {count}) g",
        id="g",
        email="'user' || g || '@bench.example'",
        display_name="'Salesperson ' || g",
        roles="ARRAY['salesperson']",
        team=f"1 + mod(g, {teams})",
        calendar=f"(ARRAY{calendars})[1 + mod(g, 3)]",
        deputy=f"1 + mod(g, {count})",
        is_active="TRUE",
        password="'!'",
    )
    execute(f"UPDATE users_team SET manager_id = 1 + mod(id * 7, {count})")
    insert(
        Absence,
        f"FROM generate_series(1, {count}) g WHERE mod(g, 20) = 7",
        user="g",
        starts_on=f"DATE '{today}' + (mod(g, 5))::int",
        ends_on=f"DATE '{today}' + (mod(g, 5) + 6)::int",
    )
    return count


def _accounts(count: int, users: int, day: str) -> int:
    """Nine in ten are customers for up to three years, three in a hundred since a few weeks."""
    age = f"CASE WHEN mod(g, 33) = 0 THEN {chance('g', 1, 45)} ELSE 60 + {chance('g', 2, 1000)} END"
    since = f"({day} - ({age})::int)"
    return insert(
        Account,
        f"FROM generate_series(1, {count}) g",
        id="g",
        name="(ARRAY['Acorn','Birch','Cedar','Delta','Ember','Fjord','Sol'])[1 + mod(g, 7)] || ' ' || "
        "(ARRAY['Foods','Works','Paper','Marine','Tex','Bau','Agri','Kemi'])[1 + mod(g / 8, 8)] || ' ' || g",
        external_id="'B' || g",
        status="CASE WHEN mod(g, 10) = 9 THEN 'prospect' ELSE 'customer' END",
        became_customer_on=f"CASE WHEN mod(g, 10) <> 9 THEN {since} END",
        owner=f"CASE WHEN mod(g, 50) <> 13 THEN 1 + mod(g, {users}) END",
        owner_since=f"{day} - 900",
        network_value="CASE WHEN mod(g, 20) = 0 THEN 4 ELSE mod(g, 4) END",
        country=f"(ARRAY{list(COUNTRIES)})[1 + mod(g, {len(COUNTRIES)})]",
        city="'City ' || mod(g, 500)",
        postal_code="(10000 + mod(g, 80000))::text",
        phone="'+49 40 ' || (1000000 + g)",
        phone_e164="'+4940' || (1000000 + g)",
        industry="'Industry ' || mod(g, 40)",
        employees="mod(g, 3000)",
    )


def _contacts(count: int) -> int:
    return insert(
        Contact,
        f"FROM generate_series(1, {count * 3 // 2}) g",
        account=f"1 + mod(g - 1, {count})",
        first_name="(ARRAY['Anna','Bo','Clara','Dirk','Eva','Finn','Gro','Hugo'])[1 + mod(g, 8)]",
        last_name="'Person ' || g",
        job_title="'Purchaser'",
        is_main=f"g <= {count}",
        email="'p' || g || '@customer.example'",
        phone="'+49 30 ' || (1000000 + g)",
        phone_e164="'+4930' || (1000000 + g)",
    )


def _purchases(count: int, day: str) -> int:
    """The first on the day they became customers, the second some time later."""
    source = (
        f"FROM generate_series(0, {count * 2 - 1}) g JOIN accounts_account a ON a.id = 1 + g / 2 "
        "WHERE a.became_customer_on IS NOT NULL"
    )
    later = f"(a.became_customer_on + mod({chance('g', 3, 100000)}, ({day} - a.became_customer_on) + 1)::int)"
    amount = (
        f"round((150 * power(10, {chance('a.id', 4, 1000)} / 400.0) + {chance('g', 5, 900)})::numeric, 2)"
    )
    return insert(
        Purchase,
        source,
        account="a.id",
        external_id="'O' || g",
        amount=amount,
        currency="'EUR'",
        purchased_on=f"CASE WHEN mod(g, 2) = 0 THEN a.became_customer_on ELSE {later} END",
        sold_by="a.owner_id",
        about="'Order ' || g",
    )


def _interactions(count: int, users: int, day: str) -> int:
    """A talk within the rhythm of the account's size, an older one, and a mail.

    Nearly everybody keeps the rhythm, as people who use such a system do: a day holds what a person can do.
    """
    size = chance("1 + g / 3", 4, 1000)
    recent = f"CASE WHEN {size} > 740 THEN 32 WHEN {size} > 440 THEN 64 ELSE 185 END"
    ago = f"1 + mod({chance('g', 6, 100003)}, {recent})"
    older = f"{ago} + 70 + mod(g, 170)"
    talk = "mod(g, 3) <> 2"
    return insert(
        Interaction,
        f"FROM generate_series(0, {count * 3 - 1}) g",
        account="1 + g / 3",
        contact="1 + g / 3",
        kind=f"CASE WHEN {talk} THEN (ARRAY['call','call','call','meeting'])[1 + mod(g, 4)] ELSE 'email' END",
        outcome=f"CASE WHEN {talk} THEN 'talked' ELSE 'sent' END",
        direction="'out'",
        reached=talk,
        by_owner_side="TRUE",
        happened_on=f"({day} - (CASE WHEN mod(g, 3) = 0 THEN {ago} ELSE {older} END)::int)",
        user=f"1 + mod(1 + g / 3, {users})",
        source="'page'",
        sentiment=f"CASE WHEN {talk} THEN 1 + mod(g, 5) END",
        summary="'Spoke about delivery ' || g || '. Two questions about the last order, a wish for the next; "
        "they will ring when the figures of the quarter are there.'",
    )


def keep_up(today: date) -> None:
    """People have done what was due until three days ago, but for one in twenty."""
    execute(
        f"UPDATE cadences_touchpoint SET state = 'done', closed_on = due_on WHERE state = 'open' "
        f"AND anchor <> 'after_contact' AND kind <> 'survey' AND mod(id, 20) <> 0 "
        f"AND due_on <= DATE '{today}' - 3"
    )


def change_one_percent(accounts: int, day: date, turn: int) -> None:
    """What a day brings: talks with 0.7 % of the accounts, purchases of 0.3 %, a few new customers."""
    on = f"DATE '{day.isoformat()}'"
    first = 100 * turn
    execute(
        f"UPDATE accounts_account SET status = 'customer', became_customer_on = {on} "
        f"WHERE status = 'prospect' AND mod(id, 1000) = {9 + 10 * turn}"
    )
    source = f"FROM generate_series({first}, {accounts - 10}, 1000) g CROSS JOIN generate_series(0, %s) k"
    insert(
        Interaction,
        source.replace("%s", "6"),
        account="g + k",
        contact="g + k",
        kind="'call'",
        outcome="'talked'",
        direction="'out'",
        reached="TRUE",
        by_owner_side="TRUE",
        happened_on=on,
        source="'page'",
        sentiment="4",
        summary="'Spoke about the new order.'",
    )
    insert(
        Purchase,
        f"{source.replace('%s', '2')}",
        account="g + k + 7",
        external_id=f"'N{turn}-' || g || '-' || k",
        amount="450",
        currency="'EUR'",
        purchased_on=on,
    )


def lengthen(account: int, entries: int, today: date) -> int:
    """Make the history of one account so long: talks and notes over ten years, and what comes with them.

    One entry in ten is a purchase, a concern with its solution, a promise with its end, or a contact who
    came and left. Returns how many entries there are of these.
    """
    day = f"(DATE '{today}' - mod(g * 7, 3650)::int)"
    some = f"FROM generate_series(1, {entries // 70}) g"
    talks = _long_talks(account, entries * 9 // 10, day)
    sales = insert(
        Purchase, some, account=str(account), amount="100 + mod(g, 900)", currency="'EUR'",
        purchased_on=day, about="'Order ' || g",
    )  # fmt: skip
    begun_and_ended = [
        insert(
            Concern, some, account=str(account), what="'The seal leaks, case ' || g",
            severity="1 + mod(g, 3)", opened_on=day, resolved_on=f"{day} + 3", resolution="'New seal'",
        ),
        insert(
            Commitment, some, account=str(account), what="'A quote, ' || g", due_on=f"{day} + 4",
            created_at=day, closed_on=f"{day} + 5", state="(ARRAY['kept','late','broken'])[1 + mod(g, 3)]",
        ),
        insert(
            Contact, f"{some} WHERE mod(g, 10) = 0", account=str(account), first_name="'Per'",
            last_name="'Former ' || g", started_on=f"{day} - 300", left_on=day,
        ),
    ]  # fmt: skip
    return talks + sales + 2 * sum(begun_and_ended)


def _long_talks(account: int, count: int, day: str) -> int:
    words = "(ARRAY['the quote for the seals','a visit of the fitter','prices of next year','Überholung'])"
    return insert(
        Interaction,
        f"FROM generate_series(1, {count}) g",
        account=str(account),
        contact=f"(SELECT id FROM contacts_contact WHERE account_id = {account} LIMIT 1)",
        user=f"(SELECT owner_id FROM accounts_account WHERE id = {account})",
        kind="(ARRAY['call','call','email','meeting','note'])[1 + mod(g, 5)]",
        outcome="(ARRAY['talked','no_answer','sent','held','noted'])[1 + mod(g, 5)]",
        direction="CASE WHEN mod(g, 4) = 0 THEN 'in' ELSE 'out' END",
        reached="mod(g, 5) IN (0, 3)",
        by_owner_side="TRUE",
        happened_on=day,
        happened_at=f"{day} + (8 + mod(g, 9)) * interval '1 hour'",
        source="'page'",
        sentiment="CASE WHEN mod(g, 5) IN (0, 3) THEN 1 + mod(g / 5, 5) END",
        summary=f"'Spoke about ' || {words}[1 + mod(g, 4)] || ', number ' || g || '. They will think.'",
    )
