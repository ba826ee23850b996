"""Pages of imports: upload, columns, check, run, refused rows. Admins only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.htmx import is_htmx, toast
from core.pagination import page_number, paginate
from imports import giving_back, proposing, refused, saved_mappings, services, stopping
from imports.errors import BadFileError, BadMappingError
from imports.forms import ColumnsForm, OptionsForm, ReadingForm, UploadForm, blame
from imports.habits import readings
from imports.models import ImportBatch, SavedMapping
from imports.undo.services import can_be_undone
from users.access import require_admin
from users.http import Request

View = Callable[..., HttpResponse | StreamingHttpResponse]
SHOWN = 50
"""Refused rows on the page; all of them are in the file."""


def admins_only(view: View) -> View:
    """403 for everybody else, before anything is looked up."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:
        require_admin(request.user)
        return view(request, *args, **kwargs)

    return guarded


def _batch(request: Request, pk: int) -> ImportBatch:
    batch: ImportBatch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk)
    return batch


@require_GET
@admins_only
def batches(request: Request) -> HttpResponse:
    """Every file that came in, the newest first."""
    rows = ImportBatch.objects.visible_to(request.user).for_list()
    context = {"page": paginate(rows, page_number(request)), "kinds": ImportBatch.Kind.choices}
    return render(request, "imports/list.html", context)


@require_GET
@admins_only
def give_back(_request: Request, kind: str) -> StreamingHttpResponse:
    """What files of a kind have brought in, as a file that can be brought in again."""
    if kind not in giving_back.QUERIES:
        raise Http404
    response = StreamingHttpResponse(giving_back.lines(kind), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{kind}.csv")
    return response


@require_http_methods(["GET", "POST"])
@admins_only
def upload(request: Request) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = services.upload(request.user, form.cleaned_data["kind"], form.cleaned_data["file"])
        except BadFileError as error:
            form.add_error("file", str(error))
        else:
            return redirect("imports:map", batch.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "imports/upload.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@admins_only
def columns(request: Request, pk: int) -> HttpResponse:
    """Which column becomes what, and the options; POST has the file checked."""
    batch = _batch(request, pk)
    if not batch.is_open:
        return redirect("imports:detail", batch.pk)
    data = request.POST if request.method == "POST" else None
    chosen, options = ColumnsForm(data, batch=batch), OptionsForm(data, batch=batch)
    if data is not None and all([chosen.is_valid(), options.is_valid()]):
        try:
            said = options.options() | {"policies": chosen.policies, "habits": chosen.habits}
            services.start_check(request.user, batch, chosen.columns, said)
            if name := options.cleaned_data["save_as"]:
                saved_mappings.save(request.user, name, batch)
        except BadMappingError as error:
            blame(options, error)
        else:
            return redirect("imports:detail", batch.pk)
    forms = {"chosen": chosen, "options": options, "reading": ReadingForm(batch=batch)}
    return _mapping_page(request, batch, forms, status=200 if data is None else 422)


def _mapping_page(request: Request, batch: ImportBatch, forms: dict[str, Any], status: int) -> HttpResponse:
    fitting = SavedMapping.objects.visible_to(request.user).that_fit(batch.layout.get("header", []))[:8]
    said = {"batch": batch, "fitting": fitting, "not_taken": proposing.owners_not_taken(batch)}
    return render(request, "imports/map.html", said | forms, status=status)


@require_POST
@admins_only
def reading(request: Request, pk: int) -> HttpResponse:
    """Read the file again with another encoding or delimiter."""
    batch = _batch(request, pk)
    if not batch.is_open:
        return redirect("imports:detail", batch.pk)
    form = ReadingForm(request.POST, batch=batch)
    if form.is_valid():
        try:
            services.reread(
                request.user,
                batch,
                form.cleaned_data.get("encoding", ""),
                form.cleaned_data.get("delimiter", ""),
                form.cleaned_data.get("sheet", ""),
            )
        except BadFileError as error:
            form.add_error(None, str(error))
        else:
            return redirect("imports:map", batch.pk)
    forms = {"chosen": ColumnsForm(batch=batch), "options": OptionsForm(batch=batch), "reading": form}
    return _mapping_page(request, batch, forms, status=422)


@require_GET
@admins_only
def detail(request: Request, pk: int) -> HttpResponse:
    """How a batch stands; htmx asks again every second while a worker has it."""
    batch = _batch(request, pk)
    if batch.state == ImportBatch.State.UPLOADED:
        return redirect("imports:map", batch.pk)
    context = {
        "batch": batch,
        "refusals": batch.refusals.order_by("row", "id")[:SHOWN],
        "kept": batch.kept_rows.order_by("id")[:SHOWN],
        "readings": readings(batch) if batch.state == ImportBatch.State.CHECKED else {},
        "can_be_undone": can_be_undone(batch),
        "shown": SHOWN,
    }
    return render(request, "imports/_state.html" if is_htmx(request) else "imports/detail.html", context)


@require_POST
@admins_only
def confirm(request: Request, pk: int) -> HttpResponse:
    """Bring in what the check on the page showed, and not what another one has found since."""
    batch = _batch(request, pk)
    if not services.confirm(request.user, batch, request.POST.get("check", "")) and batch.is_open:
        words = _("The file was checked again meanwhile: look at what it would do now, then say yes.")
        toast(request, words, level=messages.WARNING)
    return redirect("imports:detail", batch.pk)


@require_POST
@admins_only
def stop(request: Request, pk: int) -> HttpResponse:
    """Pause, go on or cancel what a worker has or will have."""
    batch = _batch(request, pk)
    verb = {"pause": stopping.pause, "go_on": stopping.go_on, "cancel": stopping.cancel}.get(
        request.POST.get("wish", "")
    )
    if verb is None:
        return HttpResponseBadRequest(_("Say what is wished: pause, go_on or cancel."))
    if not verb(request.user, batch):
        toast(request, _("That came too late: look at how it stands."), level=messages.WARNING)
    return redirect("imports:detail", batch.pk)


@require_GET
@admins_only
def mappings(request: Request) -> HttpResponse:
    """Every mapping that was kept under a name."""
    rows = SavedMapping.objects.visible_to(request.user).select_related("created_by").order_by("name")
    return render(request, "imports/mappings.html", {"page": paginate(rows, page_number(request))})


@require_POST
@admins_only
def use_mapping(request: Request, pk: int) -> HttpResponse:
    """Take a kept mapping for this file."""
    batch = _batch(request, pk)
    wanted = request.POST.get("mapping", "")
    rows = SavedMapping.objects.visible_to(request.user)
    saved = rows.filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 18 else None
    if saved is None or not saved_mappings.use(request.user, batch, saved):
        toast(request, _("This mapping is gone, or does not fit the file any more."), level=messages.WARNING)
    return redirect("imports:map", batch.pk)


@require_POST
@admins_only
def delete_mapping(request: Request, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedMapping.objects.editable_by(request.user), pk=pk)
    saved_mappings.delete(request.user, saved)
    toast(request, _("“%s” is deleted.") % saved)
    return redirect("imports:mappings")


@require_GET
@admins_only
def refusals(request: Request, pk: int) -> StreamingHttpResponse:
    """The refused rows, as a file to correct and upload again."""
    batch = _batch(request, pk)
    response = StreamingHttpResponse(refused.lines(batch), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, refused.filename(batch))
    return response
