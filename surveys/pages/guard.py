"""Managers alone: to everybody else these pages do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from core.htmx import toast
from surveys.models import Programme
from users.http import Request

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponse]


def managers_only(view: View[P]) -> View[P]:
    """404 for who is no manager, whatever they ask for."""

    @wraps(view)
    def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_manager:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def programme_of(request: Request, pk: int) -> Programme:
    """The programme, if this user may see it."""
    found: Programme = get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)
    return found


def tried(request: Request, verb: Callable[[], Any], done: str) -> bool:
    """Run a verb behind a button and say what came of it."""
    try:
        verb()
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
        return False
    toast(request, done)
    return True
