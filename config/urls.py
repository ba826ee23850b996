"""The URL table: one line per app, so that an address can be found by reading."""

from importlib.util import find_spec

from django.urls import URLResolver, include, path


def _app(prefix: str, app: str) -> list[URLResolver]:
    return [path(prefix, include(f"{app}.urls"))] if find_spec(f"{app}.urls") else []


urlpatterns = [
    *_app("", "users"),
    *_app("", "core"),
    *_app("", "accounts"),
    *_app("", "contacts"),
    *_app("", "sales"),
    *_app("", "cadences"),
    *_app("", "imports"),
]
