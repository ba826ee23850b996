"""What every view behind the sign-in is given, and where it may send somebody."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from users.models import User


class Request(HttpRequest):
    """A request of somebody who is signed in: SignInRequiredMiddleware has seen to it."""

    user: User


def is_own_path(address: str) -> bool:
    """Whether it is a path of this site, so that following it leads nowhere else."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def back_to(request: HttpRequest) -> str:
    """From a detour back: the page of ours that ``next`` in the address names, "" for none."""
    wanted = request.GET.get("next", "")
    return wanted if is_own_path(wanted) else ""
