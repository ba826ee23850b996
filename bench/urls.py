"""The product's addresses, and the minimal page: one query, one template, a signed-in session."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from accounts.models import Account

MINIMAL = engines["django"].from_string(
    """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Accounts</title>
<link rel="stylesheet" href="/static/x.css"></head><body><header><nav><a href="/">Home</a>
<span>{{ user.display_name }}</span></nav></header><main><h1>Accounts</h1><table><tbody>
{% for account in accounts %}<tr><td><a href="/accounts/{{ account.pk }}/">{{ account.name }}</a></td>
<td>{{ account.city }}</td><td>{{ account.phone }}</td><td>{{ account.owner_since|date }}</td></tr>
{% empty %}<tr><td>None</td></tr>{% endfor %}</tbody></table></main></body></html>"""
)


def minimal(request: HttpRequest) -> HttpResponse:
    """25 accounts of the user by an indexed query: what any page of Django costs here."""
    user = request.user
    assert not isinstance(user, AnonymousUser)  # noqa: S101 - the middleware sends strangers away
    accounts = Account.objects.filter(owner=user).order_by("name_folded")[:25]
    return HttpResponse(MINIMAL.render({"accounts": accounts, "user": user}, request))


urlpatterns = [path("bench/minimal/", minimal), path("", include("config.urls"))]
