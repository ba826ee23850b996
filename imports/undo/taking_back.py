"""Take one import back, inside the caller's transaction: restore what it changed, remove what it made.

What somebody has gone on with since stays, and is listed. Two temporary tables live as long as the
transaction: ``altered`` (rows to restore) and ``back`` (rows to remove); ``why`` says why one stays.
"""
# ruff: noqa: S608 - names come from the models, values are always parameters

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from cadences.services import withdrawn
from core.history import history_of
from core.rows import Kept, put_back
from core.tables import key_of, quoted, table_of
from imports.models import KeptRow
from imports.undo import rules

AT_ONCE = 1_000
Step = Callable[[str], None]
EDITED = "edited"
_COLUMNS = "batch_id, model, object_id, name, reason"


def look(cursor: CursorWrapper, batch_id: int) -> None:
    """Fill ``altered`` and ``back`` and decide what stays. Writes no record."""
    cursor.execute("DROP TABLE IF EXISTS altered, back")
    cursor.execute(
        "CREATE TEMP TABLE altered ON COMMIT DROP AS SELECT id AS change_id, model, object_id AS id, "
        "before, after, NULL::text AS why FROM imports_changedrow WHERE batch_id = %s",
        [batch_id],
    )
    cursor.execute(
        "CREATE TEMP TABLE back ON COMMIT DROP AS SELECT c.model, found.id, c.since, NULL::text AS why "
        "FROM imports_createdrows c, unnest(c.ids) AS found (id) WHERE c.batch_id = %s",
        [batch_id],
    )
    cursor.execute("CREATE INDEX ON back (model, id)")
    cursor.execute("ANALYZE back")
    for model in _models(cursor, "altered"):
        _judge_altered(cursor, model)
    made = _models(cursor, "back")
    for model in made:
        _judge_edited(cursor, model)
    # a row that stays keeps what it refers to, and so on
    while sum(_judge_referred(cursor, model) for model in made):
        pass


def take_back(cursor: CursorWrapper, batch_id: int, step: Step) -> dict[str, int]:
    """Do it; returns how many rows were restored, removed, gone already, kept."""
    touched = _accounts(cursor)
    restored = sum(_restore(cursor, model) for model in _models(cursor, "altered"))
    _owe_again(cursor)
    step("removing")
    removed = sum(_remove(cursor, model) for model in _models(cursor, "back"))
    kept = _list_kept(cursor, batch_id)
    cursor.execute("SELECT count(*) FROM altered WHERE why = 'gone'")
    counts = {"restored": restored, "removed": removed, "gone": cursor.fetchone()[0], "kept": kept}
    _forget(cursor, batch_id)
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS touched (account_id bigint PRIMARY KEY) ON COMMIT DROP")
    cursor.execute(
        "INSERT INTO touched SELECT DISTINCT a.id FROM unnest(%s::bigint[]) AS f (id) "
        "JOIN accounts_account a USING (id) ON CONFLICT DO NOTHING",
        [touched],
    )
    return counts


def preview(cursor: CursorWrapper) -> dict[str, int]:
    """What :func:`take_back` would count, after :func:`look`."""
    cursor.execute(
        "SELECT (SELECT count(*) FROM altered WHERE why IS NULL), "
        "(SELECT count(*) FROM back WHERE why IS NULL), "
        "(SELECT count(*) FROM altered WHERE why <> 'gone') "
        "+ (SELECT count(*) FROM back WHERE why IS NOT NULL)"
    )
    return dict(zip(("restored", "removed", "kept"), cursor.fetchone(), strict=True))


# -- what stays --------------------------------------------------------------------------------------------


def _judge_altered(cursor: CursorWrapper, model: type[models.Model]) -> None:
    """Restored is what still stands as the import left it, and fits among what is there now."""
    label, table, key = model._meta.label, table_of(model), key_of(model)
    mine = "o.model = %s AND o.why IS NULL"
    cursor.execute(
        f"UPDATE altered o SET why = 'gone' WHERE {mine} AND o.after IS NOT NULL "
        f"AND NOT EXISTS (SELECT FROM {table} r WHERE r.{key} = o.id)",
        [label],
    )
    cursor.execute(
        f"UPDATE altered o SET why = %s FROM {table} r "
        f"WHERE {mine} AND r.{key} = o.id AND (o.after IS NULL OR NOT to_jsonb(r) @> o.after)",
        [EDITED, label],
    )
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if field.related_model is not None:
            same = f"{table_of(field.related_model)} t WHERE t.{key_of(field.related_model)}::text"
            held = f"NOT EXISTS (SELECT FROM {same} = o.before ->> %s)"
        elif field.unique and not field.primary_key:
            same = f"{table} t WHERE t.{key} <> o.id AND t.{column}::text"
            held = f"EXISTS (SELECT FROM {same} = o.before ->> %s)"
        else:
            continue
        words = str(field.verbose_name)
        cursor.execute(
            f"UPDATE altered o SET why = %s WHERE {mine} AND o.before ->> %s IS NOT NULL AND {held}",
            [words, label, column, column],
        )


def _judge_edited(cursor: CursorWrapper, model: type[models.Model]) -> None:
    """Rows that are gone need no removing; rows whose first change since shows other words stay."""
    label, table, key = model._meta.label, table_of(model), key_of(model)
    cursor.execute(
        f"DELETE FROM back b WHERE b.model = %s AND NOT EXISTS (SELECT FROM {table} r WHERE r.{key} = b.id)",
        [label],
    )
    events = history_of(model)
    if events is None:
        return
    unsaid = rules.machine_columns(label)
    names = [field.column for field in events._meta.concrete_fields if not field.name.startswith("pgh_")]
    said = [quoted(name) for name in names if name not in unsaid]
    before, now = (", ".join(f"{alias}.{name}" for name in said) for alias in ("e", "r"))
    cursor.execute(
        f"UPDATE back b SET why = %s FROM (SELECT DISTINCT ON (e.pgh_obj_id) e.* FROM {table_of(events)} e "
        "JOIN back f ON f.model = %s AND f.id = e.pgh_obj_id "
        "WHERE e.pgh_id > f.since AND e.pgh_label = 'update' ORDER BY e.pgh_obj_id, e.pgh_id) e "
        f"JOIN {table} r ON r.{key} = e.pgh_obj_id "
        f"WHERE b.model = %s AND b.id = e.pgh_obj_id AND ({before}) IS DISTINCT FROM ({now})",
        [EDITED, label, label],
    )


def _judge_referred(cursor: CursorWrapper, model: type[models.Model]) -> int:
    """Rows to which somebody's work refers; returns how many were found now."""
    return sum(_referred_by(cursor, model, relation) for relation in _relations(model))


def _referred_by(cursor: CursorWrapper, model: type[models.Model], relation: Any) -> int:
    holder, field = relation.related_model, relation.field
    going = f"o.model = '{holder._meta.label}' AND o.id = r.{key_of(holder)}"
    if holder._meta.auto_created:  # a row between two records goes with either of them
        others = [other for other in holder._meta.concrete_fields if other.related_model and other != field]
        going = " OR ".join(
            f"(o.model = '{other.related_model._meta.label}' AND o.id = r.{other.column})" for other in others
        )
    elif not isinstance(holder._meta.pk, models.IntegerField | models.ForeignKey):  # imports make none of it
        going = "false"
    cursor.execute(
        f"UPDATE back b SET why = %s FROM {table_of(holder)} r "
        f"WHERE b.model = %s AND b.why IS NULL AND r.{quoted(field.column)} = b.id "
        f"AND ({rules.is_work(holder._meta.label, field.name)}) "
        f"AND NOT EXISTS (SELECT FROM back o WHERE o.why IS NULL AND ({going}))",
        [f"by {holder._meta.label}", model._meta.label],
    )
    return int(cursor.rowcount)


def _relations(model: type[models.Model]) -> Iterator[Any]:
    """Every key of another table that points here, also those without a name of their own."""
    for relation in model._meta.get_fields(include_hidden=True):
        points_here = relation.auto_created and not relation.concrete
        if not points_here or not (relation.one_to_many or relation.one_to_one):
            continue
        holder: Any = relation.related_model
        if not any(field.name == "pgh_id" for field in holder._meta.concrete_fields):
            yield relation


def people(cursor: CursorWrapper) -> list[int]:
    """Users who are restored or removed: their calendars count for what is owed."""
    cursor.execute(
        "SELECT id FROM altered WHERE model = 'users.User' AND why IS NULL "
        "UNION SELECT id FROM back WHERE model = 'users.User' AND why IS NULL"
    )
    return [pk for (pk,) in cursor.fetchall()]


# -- doing it ----------------------------------------------------------------------------------------------


def _restore(cursor: CursorWrapper, model: type[models.Model]) -> int:
    """Columns that the import changed, as they were; rows that it deleted, whole."""
    label, table, key = model._meta.label, table_of(model), key_of(model)
    cursor.execute(
        "SELECT before::text FROM altered WHERE model = %s AND after IS NULL AND why IS NULL ORDER BY id",
        [label],
    )
    number = _bring_back(model, [json.loads(before) for (before,) in cursor.fetchall()])
    writable = [f for f in model._meta.concrete_fields if not f.generated and not f.primary_key and f.column]
    names = [str(f.column) for f in writable if f.column != "updated_at"]
    parts = [f"{quoted(name)} = n.{quoted(name)}" for name in names]
    params: list[Any] = []
    if len(names) < len(writable):
        parts.append("updated_at = %s")
        params.append(timezone.now())
    update = (
        f"UPDATE {table} r SET {', '.join(parts)} "
        f"FROM (SELECT n.* FROM altered o JOIN {table} t ON t.{key} = o.id "
        "CROSS JOIN LATERAL jsonb_populate_record(t, o.before) n WHERE o.model = %s "
        f"AND o.after IS NOT NULL AND o.why IS NULL) n WHERE r.{key} = n.{key}"
    )
    cursor.execute(update, [*params, label])
    return number + int(cursor.rowcount)


def _bring_back(model: type[models.Model], rows: list[Kept]) -> int:
    """Insert what was deleted; a row whose place somebody has taken since is not missed."""
    try:
        with transaction.atomic():
            return put_back(model, rows)
    except IntegrityError:
        return sum(_bring_back(model, [row]) for row in rows) if len(rows) > 1 else 0


def _owe_again(cursor: CursorWrapper) -> None:
    """What contacts that go had closed is owed again, unless the facts tell that another one closes it."""
    cursor.execute(
        "SELECT t.id FROM cadences_touchpoint t JOIN back b ON b.model = %s AND b.id = t.interaction_id "
        "WHERE b.why IS NULL AND t.state = 'done' AND NOT EXISTS "
        "(SELECT FROM back a WHERE a.model = %s AND a.id = t.account_id AND a.why IS NULL)",
        ["contacts.Interaction", "accounts.Account"],
    )
    withdrawn.open_again([pk for (pk,) in cursor.fetchall()])


def _remove(cursor: CursorWrapper, model: type[models.Model]) -> int:
    """Delete what nobody went on with, and before it what rules made of it.

    Keys are checked at the commit, so the order of the tables does not matter.
    """
    going = f"SELECT id FROM back WHERE model = '{model._meta.label}' AND why IS NULL"
    _let_go(cursor, model, going, _machine_made(model))
    cursor.execute(f"DELETE FROM {table_of(model)} WHERE {key_of(model)} IN ({going})")
    return int(cursor.rowcount)


def _machine_made(model: type[models.Model]) -> list[Any]:
    """The keys by which rows that no person made refer to a record; nothing else refers to what goes."""
    return [
        relation
        for relation in _relations(model)
        if relation.related_model._meta.auto_created
        or rules.is_work(relation.related_model._meta.label, relation.field.name) != "true"
    ]


def _let_go(cursor: CursorWrapper, model: type[models.Model], going: str, relations: Iterable[Any]) -> None:
    """As Django would: rows that cannot be without these go with them, others forget them."""
    for relation in relations:
        holder, column = relation.related_model, quoted(relation.field.column)
        theirs = f"{column} IN ({going})"
        if relation.on_delete is models.CASCADE:
            _let_go(cursor, holder, f"SELECT {key_of(holder)} FROM {table_of(holder)} WHERE {theirs}",
                    _relations(holder))  # fmt: skip
            cursor.execute(f"DELETE FROM {table_of(holder)} WHERE {theirs}")
        elif relation.on_delete is models.SET_NULL:
            cursor.execute(f"UPDATE {table_of(holder)} SET {column} = NULL WHERE {theirs}")


def _accounts(cursor: CursorWrapper) -> list[int]:
    """Accounts whose facts change."""
    found: set[int] = set()
    for table in ("altered", "back"):
        for model in _models(cursor, table):
            if (path := _to_account(model)) is None:
                continue
            cursor.execute(f"SELECT id FROM {table} WHERE model = %s AND why IS NULL", [model._meta.label])
            ids = [pk for (pk,) in cursor.fetchall()]
            for start in range(0, len(ids), AT_ONCE):
                part = ids[start : start + AT_ONCE]
                rows = model._base_manager.filter(pk__in=part)
                found.update(pk for pk in rows.values_list(path, flat=True) if pk)
    return sorted(found)


def _to_account(model: type[models.Model]) -> str | None:
    """How a record names its account."""
    if model._meta.label == "accounts.Account":
        return "pk"
    names = {field.name for field in model._meta.concrete_fields}
    if "account" in names:
        return "account_id"
    return "purchase__account_id" if "purchase" in names else None


def _list_kept(cursor: CursorWrapper, batch_id: int) -> int:
    """Write down what stays, by name and reason, in place of what an earlier try has listed."""
    KeptRow.objects.filter(batch_id=batch_id).delete()
    cursor.execute(
        "SELECT model, id, why FROM altered WHERE why <> 'gone' "
        "UNION ALL SELECT model, id, why FROM back WHERE why IS NOT NULL ORDER BY 1, 2"
    )
    stays = cursor.fetchall()
    for start in range(0, len(stays), AT_ONCE):
        part = stays[start : start + AT_ONCE]
        names = _names(part)
        KeptRow.objects.bulk_create(
            KeptRow(batch_id=batch_id, model=label, object_id=pk, name=names.get((label, pk), "")[:200],
                    reason=_words(why)[:300])
            for label, pk, why in part
        )  # fmt: skip
    return len(stays)


def _names(rows: list[tuple[str, int, str]]) -> dict[tuple[str, int], str]:
    wanted: dict[str, list[int]] = {}
    for label, pk, _why in rows:
        wanted.setdefault(label, []).append(pk)
    return {
        (label, pk): str(found)
        for label, ids in wanted.items()
        for pk, found in apps.get_model(label)._base_manager.in_bulk(ids).items()
    }


def _words(why: str) -> str:
    if why == EDITED:
        return _("Changed since the import.")
    if why.startswith("by "):
        holder = apps.get_model(why.removeprefix("by "))
        return _("Somebody has gone on with it: %s.") % holder._meta.verbose_name
    return _("What it had before (%s) is not there any more, or belongs to another record.") % why


def _forget(cursor: CursorWrapper, batch_id: int) -> None:
    """Keep of the journal only what stays: it can be tried again."""
    cursor.execute(
        "DELETE FROM imports_changedrow c USING altered o "
        "WHERE o.change_id = c.id AND (o.why IS NULL OR o.why = 'gone')"
    )
    cursor.execute(
        "WITH old AS (DELETE FROM imports_createdrows WHERE batch_id = %s) "
        "INSERT INTO imports_createdrows (batch_id, model, ids, since) "
        "SELECT %s, model, array_agg(id ORDER BY id), since FROM back WHERE why IS NOT NULL "
        "GROUP BY model, since",
        [batch_id, batch_id],
    )


def _models(cursor: CursorWrapper, table: str) -> list[type[models.Model]]:
    cursor.execute(f"SELECT DISTINCT model FROM {table} ORDER BY model")
    return [apps.get_model(label) for (label,) in cursor.fetchall()]
