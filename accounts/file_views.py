"""Files on an account: listed on its page, added, downloaded, removed."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import files
from accounts.file_types import ENDINGS
from accounts.models import Account, AccountFile
from accounts.services import may_edit
from core.downloads import as_download
from core.forms import attempt, editable, form_reply, plain_helper, posted
from core.htmx import go, toast
from users.http import Request


class FileForm(forms.Form):
    """One file and what it is."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # the verb says it in its own words
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    about = forms.CharField(label=gettext_lazy("What it is"), required=False, max_length=200)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs["initial"] = {"token": uuid4()}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["file"].widget.attrs["accept"] = ",".join(f".{ending}" for ending in ENDINGS)
        self.fields["file"].help_text = _(
            "PDF, office documents without macros, pictures, text, CSV or mails; at most %(most)s MB."
        ) % {"most": settings.ACCOUNT_FILE_MB}
        self.helper = plain_helper()


@require_safe
def panel(request: Request, pk: int) -> HttpResponse:
    """The files of an account, the latest first."""
    user = request.user
    account = get_object_or_404(Account.objects.visible_to(user).select_related("owner__team"), pk=pk)
    is_editable = may_edit(user, account)
    rows = list(AccountFile.objects.visible_to(user).filter(account=account).for_panel())
    for row in rows:
        row.is_editable = is_editable or row.added_by_id == user.pk
    return render(request, "accounts/_files.html", {"account": account, "files": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, pk: int) -> HttpResponse:
    """Any active user of any department adds one."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    form = FileForm(posted(request), request.FILES or None)
    kept = attempt(
        form,
        lambda: files.add_file(
            request.user,
            account,
            form.cleaned_data["file"],
            form.cleaned_data["about"],
            form.cleaned_data["token"],
        ),
    )
    if kept:
        toast(request, _("%(name)s is on the account.") % {"name": kept.name})
        return go(request, "accounts:detail", pk)
    title = _("File on %(name)s") % {"name": account.name}
    back = reverse("accounts:detail", args=[pk])
    return form_reply(
        request, form, title=title, submit=_("Add the file"), back=back, back_text=account.name, has_file=True
    )


@require_safe
def download(request: Request, pk: int) -> FileResponse:
    """As a download only: no browser ever shows it as a page of ours."""
    file = get_object_or_404(AccountFile.objects.visible_to(request.user).kept(), pk=pk)
    try:
        content = file.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return as_download(content, file.name, file.kind)


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    """Out of sight, with an undo."""
    file = editable(AccountFile, request.user, pk)
    files.remove_file(request.user, file)
    undo = reverse("accounts:file_restore", args=[pk])
    toast(request, _("%(name)s is removed.") % {"name": file.name}, undo=undo)
    return go(request, "accounts:detail", file.account_id)


@require_POST
def restore(request: Request, pk: int) -> HttpResponse:
    """Undo of the removal."""
    file = editable(AccountFile, request.user, pk)
    try:
        files.restore_file(request.user, file)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    else:
        toast(request, _("%(name)s is back.") % {"name": file.name})
    return go(request, "accounts:detail", file.account_id)
