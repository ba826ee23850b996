"""What must be unique and was given to others while it lay in the bin keeps nobody from restoring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Model, UniqueConstraint

from cadences.models import Touchpoint
from contacts.models import Contact, Interaction
from core import rows
from core.tables import key_of, quoted, table_of
from correspondence.models import Piece
from imports.bin import taken
from imports.bin.kinds import KINDS
from imports.bin.rules import RULES, Rule, keys_to
from imports.bin.rules import key_of as rule_of
from imports.bin.services import put_in, restore
from imports.models import BinRow, BinUnit
from sales.models import Purchase
from surveys.models import Asked
from tests import factories as make
from tests.imports.bin.world import World

pytestmark = pytest.mark.django_db


def binned() -> list[type[Model]]:
    """Every model of which rows can lie in the bin."""
    found = [kind.model for kind in KINDS.values()]
    for model in found:  # grows on the way
        for key in keys_to(model):
            if RULES[rule_of(key)] is Rule.ALONG and key.model not in found:
                found.append(key.model)
    return found


def enforced(model: type[Model]) -> set[frozenset[str]]:
    """Sets of columns that the database keeps unique, but for the primary key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(a.attname::text) FROM pg_index i"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
            " WHERE i.indrelid = %s::regclass AND i.indisunique AND NOT i.indisprimary GROUP BY i.indexrelid",
            [table_of(model)],
        )
        return {frozenset(columns) for (columns,) in cursor.fetchall()}


def test_every_unique_key_of_what_can_lie_in_the_bin_is_met():
    conditional = set()
    for model in binned():
        own = {str(model._meta.pk.column)}
        met = {frozenset(unique.columns) for unique in taken.uniques(model)}
        assert met == {columns for columns in enforced(model) if columns != own}, model._meta.label
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.condition is not None:
                conditional.add(constraint.name)
    assert conditional == set(taken.CONDITIONAL), "say in imports/bin/taken.py what becomes of them"


def take(unit: BinUnit, model: type[Model], unique: taken.Unique) -> bool:
    """Give what the kept rows have to new rows, and nothing else that must be unique. Was there any?"""
    others = {name for one in taken.uniques(model) for name in one.columns} - set(unique.columns)
    sets = [f"{key_of(model)} = {key_of(model)} + 1000000"]
    for field in model._meta.concrete_fields:
        if field.column in others and not field.primary_key:
            change = {"UUIDField": "gen_random_uuid()", "DateField": f"{quoted(field.column)} + 400"}
            away = f"{quoted(field.column)} + 1000000" if field.is_relation else ""  # nothing stays nothing
            if to := away or change.get(field.get_internal_type()) or ("NULL" if field.null else ""):
                sets.append(f"{quoted(field.column)} = {to}")
    stored = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(quoted(field.column) for field in stored)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE taker ON COMMIT DROP AS SELECT * FROM {table_of(model)} LIMIT 0")
        cursor.execute(
            f"INSERT INTO taker SELECT r.* FROM imports_binrow b,"
            f" jsonb_populate_record(NULL::{table_of(model)}, b.data) r"
            " WHERE b.unit_id = %s AND b.model = %s AND b.role = 'row'",
            [unit.pk, model._meta.label_lower],
        )
        cursor.execute(f"UPDATE taker SET {', '.join(sets)}")
        cursor.execute(f"INSERT INTO {table_of(model)} ({columns}) SELECT {columns} FROM taker")
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM imports_binrow b WHERE b.unit_id = %s AND b.model = %s"
            f" AND b.role = 'row' AND {taken.same_elsewhere(model, unique)})",
            [unit.pk, model._meta.label_lower],
        )
        return bool(cursor.fetchone()[0])


def cases(world: World) -> Iterator[BinUnit]:
    """Units of people and of what was said, and then of the whole account with the rest."""
    records = [Contact.objects.get(pk=world.eva.pk), Interaction.objects.get(pk=world.talk.pk), world.account]
    for record in records:
        kind = next(kind for kind in KINDS.values() if isinstance(record, kind.model))
        with transaction.atomic():
            yield put_in(world.manager, kind, record, "A test")
            transaction.set_rollback(True)


def test_no_value_that_others_have_by_now_is_a_server_error(world):
    """Each unique key of each table of each unit, taken while it lay in the bin."""
    met: set[Any] = set()
    for unit in cases(world):
        for label in sorted(set(BinRow.objects.filter(role="row").values_list("model", flat=True))):
            model = next(one for one in binned() if one._meta.label_lower == label)
            for unique in taken.uniques(model):
                if (label, unique.columns) in met:
                    continue
                with transaction.atomic():
                    if take(unit, model, unique):
                        met.add((label, unique.columns))
                        if unique.columns == ("external_id",):
                            with pytest.raises(ValidationError, match="restore without the number"):
                                restore(world.manager, unit)
                        restore(world.manager, unit, without_number=True)
                    transaction.set_rollback(True)
    assert len(met) > 20
    assert {("surveys.asked", ("programme_id", "purchase_id"))} < met


def test_a_colleague_who_was_asked_about_the_purchase_since_stays_the_one(world):
    first = Asked.objects.get(contact=world.eva)
    unit = put_in(world.manager, KINDS["contact"], Contact.objects.get(pk=world.eva.pk))
    second = Asked.objects.create(
        contact=world.per, programme=first.programme, purchase=world.purchase, sent_on=date(2026, 11, 20)
    )
    restore(world.manager, unit)
    assert list(Asked.objects.filter(purchase=world.purchase)) == [second]
    assert Asked.objects.get(pk=first.pk).sent_on == first.sent_on


def test_what_is_named_again_must_be_free(world):
    """A letter named its log; another letter does by the time the log comes back."""
    letter = Piece.objects.get(logged=world.talk)
    unit = put_in(world.manager, KINDS["interaction"], Interaction.objects.get(pk=world.talk.pk))
    other = make.make_piece(world.eva, world.owner)
    with connection.cursor() as cursor:  # as the night does that puts them in their place in the same moment
        cursor.execute(
            "UPDATE correspondence_piece SET logged_id = %s WHERE id = %s", [world.talk.pk, other.pk]
        )
    restore(world.manager, unit)
    letter.refresh_from_db()
    assert letter.logged_id is None
    assert Piece.objects.get(pk=other.pk).logged_id == world.talk.pk


def test_a_call_that_is_owed_by_something_else_since_stays_so(world):
    """The track of a deleted purchase is gone; what stands in its place when it comes back stays."""
    owed = make.make_touchpoint(
        world.account, world.owner, date(2026, 12, 1), make.make_slot("first-call"), cycle="e1"
    )
    unit = put_in(world.manager, KINDS["purchase"], Purchase.objects.get(pk=world.purchase.pk))
    BinRow.objects.create(
        unit=unit, role="followed", model="cadences.touchpoint", object_id=owed.pk + 1_000_000,
        data={"before": rows.keep(Touchpoint, [owed.pk])[0] | {"id": owed.pk + 1_000_000}},
    )  # fmt: skip
    restore(world.manager, unit)
    assert Touchpoint.objects.filter(account=world.account, slot=owed.slot, cycle="e1").count() == 1
