"""The editor of a cell, of what starts the track, and of a sheet: a panel beside the ladder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Tier
from cadences import plans
from cadences.ladder.forms import (
    CellForm,
    SheetForm,
    TrackForm,
    cell_values,
    sheet_values,
    usual_kinds,
)
from cadences.ladder.views.ladder import ladder_context
from cadences.models import Plan, PlanItem, Purpose, Slot
from cadences.plans.sheets import sheet_token
from cadences.since import effective
from core.forms import posted
from core.htmx import is_htmx, page_or_fragment, toast
from correspondence.models import Template
from users.access import require_admin
from users.http import Request

Verb = Callable[..., object]
VERBS: dict[str, Verb] = {"clear": plans.clear_cell, "off": plans.switch_off_cell}


@dataclass(frozen=True)
class Place:
    """One cell of one version, and what stands in it."""

    plan: Plan
    slot: Slot
    tier: Tier | None
    own: PlanItem | None
    shown: PlanItem | None  # its own, or what it inherits
    below: PlanItem | None  # what it would inherit

    @property
    def tier_key(self) -> int:
        return self.tier.pk if self.tier is not None else 0

    @property
    def args(self) -> tuple[int, int, int]:
        return self.plan.pk, self.slot.pk, self.tier_key

    @property
    def title(self) -> str:
        words = {"slot": self.slot.name, "tier": self.tier.name if self.tier else _("Base plan")}
        return _("%(slot)s, %(tier)s") % words


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: Request, pk: int, slot: int, tier: int) -> HttpResponse:
    """Look at a cell, or edit it."""
    if request.method == "POST":
        require_admin(request.user)
    place = _place(request, pk, slot, tier)
    if request.method != "POST" and not _may_edit(request, place.plan):
        return page_or_fragment(request, "plan/cell.html", "plan/_cell_view.html", _shown(place))
    verb = VERBS.get(request.POST.get("act", ""))
    initial = {**cell_values(place.shown, place.slot), "version": plans.token_of(place.own)}
    data = None if verb else posted(request)
    templates = Template.objects.visible_to(request.user).offered()
    form = CellForm(
        data, initial=initial, slot=place.slot, sheets=_sheets(request, place), templates=templates
    )
    problem = _emptied(request, place, verb) if verb else ""
    if (verb and not problem) or (data is not None and _written(request, place, form)):
        return _saved(request, place.plan, place.tier_key, place.slot)
    return _panel(request, "plan/cell.html", "plan/_cell.html", form, {**_shown(place), "problem": problem})


@require_http_methods(["GET", "HEAD", "POST"])
def track(request: Request, pk: int) -> HttpResponse:
    """Which purchases start the track of a draft."""
    require_admin(request.user)
    plan = get_object_or_404(Plan.objects.visible_to(request.user), pk=pk)
    found = PlanItem.objects.visible_to(request.user).filter(plan=plan, slot__is_track=True, is_off=False)
    items = list(found.with_words().order_by("id"))
    first = items[0] if items else PlanItem()
    initial = {"starts": first.starts, "min_amount": first.min_amount, "product": first.product}
    form = TrackForm(posted(request), initial=initial | {"version": plans.token_of(items)})

    def save() -> list[PlanItem]:
        said = {name: form.cleaned_data[name] for name in ("starts", "min_amount", "product")}
        return plans.set_track(request.user, plan, **said, seen=form.seen)

    if request.method == "POST" and form.attempt(save) is not None:
        return _saved(request, plan)
    place = {"plan": plan, "title": _("What starts the 1-2-1 track"), "items": items}
    return _panel(request, "plan/track.html", "plan/_track.html", form, place)


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: Request, pk: int, slot: int, tier: int) -> HttpResponse:
    """The sheet of a cell of a draft: talking points and checklist."""
    require_admin(request.user)
    place = _place(request, pk, slot, tier)
    item = place.own
    if item is None or item.is_off:
        raise Http404
    initial = {**sheet_values(item.purpose, place.slot), "version": sheet_token(item.purpose)}
    form = SheetForm(posted(request), initial=initial)

    def save() -> Purpose:
        return plans.write_sheet(request.user, place.plan, item, form.text, seen=form.seen)

    if request.method == "POST" and form.attempt(save) is not None:
        return _saved(request, place.plan, place.tier_key, place.slot)
    return _panel(request, "plan/sheet.html", "plan/_sheet.html", form, _shown(place))


def _place(request: Request, pk: int, slot: int, tier: int) -> Place:
    plan = get_object_or_404(Plan.objects.visible_to(request.user), pk=pk)
    found = get_object_or_404(Slot.objects.visible_to(request.user).of_plans(), pk=slot)
    row = get_object_or_404(Tier.objects.visible_to(request.user), pk=tier) if tier else None
    items = PlanItem.objects.visible_to(request.user).filter(plan=plan, slot=found)
    rows = list(items.with_words())
    rank = row.rank if row is not None else 0
    own = next((item for item in rows if item.tier_id == (row.pk if row else None)), None)
    others = [item for item in rows if item != own]
    return Place(
        plan=plan,
        slot=found,
        tier=row,
        own=own,
        shown=own if own is not None and not own.is_off else effective(others, found.pk, rank),
        below=effective(others, found.pk, rank),
    )


def _may_edit(request: Request, plan: Plan) -> bool:
    return request.user.is_admin and plan.state == Plan.State.DRAFT


def _shown(place: Place) -> dict[str, Any]:
    return {"place": place, "plan": place.plan, "title": place.title, "back": _address(place.plan)}


def _sheets(request: Request, place: Place) -> Any:
    """Sheets of this draft, and of other versions those whose name the draft has not."""
    everything = Purpose.objects.visible_to(request.user)
    here = everything.filter(items__plan=place.plan)
    elsewhere = everything.exclude(name__in=here.values("name")).order_by("name", "-id").distinct("name")
    wanted = {*here.values_list("pk", flat=True), *elsewhere.values_list("pk", flat=True)}
    return everything.filter(pk__in=wanted).order_by("name", "id")


def _written(request: Request, place: Place, form: CellForm) -> bool:
    cell = (place.plan, place.slot, place.tier)
    return form.attempt(lambda: plans.set_cell(request.user, *cell, form.values, seen=form.seen)) is not None


def _emptied(request: Request, place: Place, verb: Verb) -> str:
    """Inherit or switch off, whatever the fields say; returns why that was refused."""
    seen = request.POST.get("version")
    try:
        verb(request.user, place.plan, place.slot, place.tier, seen=seen)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return ""


def _panel(request: Request, page: str, fragment: str, form: Any, place: dict[str, Any]) -> HttpResponse:
    context = {**place, "form": form, "action": request.path, "back": _address(place["plan"])}
    context["usual_kinds"] = usual_kinds()
    status = 422 if form.errors or place.get("problem") else 200
    return page_or_fragment(request, page, fragment, context, status)


def _saved(request: Request, plan: Plan, tier: int | None = None, slot: Slot | None = None) -> HttpResponse:
    """The ladder anew beside an empty panel; from a page of its own, back to the ladder."""
    if is_htmx(request):
        context = {**ladder_context(request, plan, tier), "is_fresh": True}
        return render(request, "plan/_saved.html", context)
    toast(request, _("Saved in draft %(version)d.") % {"version": plan.version})
    return redirect(f"{_address(plan)}?tier={tier or 0}#slot-{slot.pk if slot else 0}")


def _address(plan: Plan) -> str:
    return reverse("plan:version", args=[plan.pk])
