"""What a gift is: what its row says, else what is usual in its slot and year."""

from __future__ import annotations

from collections.abc import Sequence

from cadences.models import Gift, GiftBudget, Touchpoint


def words_of(rows: Sequence[Touchpoint]) -> dict[int, str]:
    """By touchpoint; two queries, none without rows."""
    if not rows:
        return {}
    own = dict(Gift.objects.filter(touchpoint__in=rows).exclude(what="").values_list("touchpoint", "what"))
    usual = {(budget.slot_id, budget.year): budget.what for budget in budgets_of(rows)}
    return {row.pk: own.get(row.pk) or usual.get((row.slot_id, row.planned_on.year), "") for row in rows}


def budgets_of(rows: Sequence[Touchpoint]) -> list[GiftBudget]:
    """The budgets of the slots and years in which these rows are owed; one query."""
    return list(
        GiftBudget.objects.filter(
            slot__in={row.slot_id for row in rows}, year__in={row.planned_on.year for row in rows}
        )
    )
