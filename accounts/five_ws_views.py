"""Answering the five W's, one at a time, or confirming what the records tell in one go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import five_ws
from accounts.models import Account, FiveWAnswer, Quiet, W
from core.forms import attempt, editable, form_reply, plain_helper, posted
from core.htmx import go, toast
from users.http import Request

QUESTIONS = {
    W.WHO: gettext_lazy("Who decides there, and who is it on our side?"),
    W.WHAT: gettext_lazy("What do they mean to us?"),
    W.WHERE: gettext_lazy("Where are they?"),
    W.WHEN: gettext_lazy("Since when, and how often do they buy?"),
    W.WHY: gettext_lazy("Why have they bought nothing substantial lately?"),
}


class AnswerForm(forms.Form):
    """Words, and for why a reason. ``seen``: when the answer was saved that the person is looking at."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "–"), *Quiet.choices])
    words = forms.CharField(
        required=False,
        max_length=five_ws.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=gettext_lazy("In your words"),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    data: Any  # a QueryDict, once sent

    def __init__(self, data: Any, w: W, stored: FiveWAnswer | None) -> None:
        initial = {"seen": stored.updated_at.isoformat()} if stored else {}
        if stored is not None:
            initial |= {"words": stored.words, "reason": stored.reason}
        super().__init__(data, initial=initial)
        if w != W.WHY:
            del self.fields["reason"]
            self.fields["words"].help_text = _("Empty: what the records say is right as it is.")
        self.helper = plain_helper()

    @property
    def answer_seen(self) -> datetime | None:
        try:
            return parse_datetime(self.cleaned_data["seen"] or "")
        except ValueError:  # a day that does not exist: nobody's form says so
            return None

    def show_newest(self, stored: FiveWAnswer | None) -> None:
        """After a refusal the colleague's answer stands in the message: the next save has seen it."""
        self.data = {**self.data.dict(), "seen": stored.updated_at.isoformat() if stored else ""}


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, pk: int, w: str) -> HttpResponse:
    """Say or confirm one W."""
    if w not in W.values:
        raise Http404
    account = editable(Account, request.user, pk)
    stored = FiveWAnswer.objects.filter(account=account, w=w).first()
    form = AnswerForm(posted(request), W(w), stored)
    if attempt(form, lambda: _save(request, account, w, form)):
        toast(request, _("Saved."))
        return go(request, "accounts:detail", pk)
    if form.non_field_errors():
        form.show_newest(FiveWAnswer.objects.filter(account=account, w=w).first())
    return form_reply(
        request,
        form,
        title=QUESTIONS[W(w)],
        submit=_("Save"),
        back=reverse("accounts:detail", args=[pk]),
        back_text=account.name,
    )


@require_POST
def confirm(request: Request, pk: int) -> HttpResponse:
    """Everything that the records tell is right."""
    account = editable(Account, request.user, pk)
    count = five_ws.confirm_open(request.user, account)
    words = ngettext("%(n)d of the five W's is confirmed.", "%(n)d of the five W's are confirmed.", count)
    toast(request, words % {"n": count} if count else _("There was nothing left to confirm."))
    return go(request, "accounts:detail", pk)


def _save(request: Request, account: Account, w: str, form: AnswerForm) -> FiveWAnswer:
    said = form.cleaned_data
    return five_ws.answer(
        request.user, account, w, words=said["words"], reason=said.get("reason", ""), seen=form.answer_seen
    )
