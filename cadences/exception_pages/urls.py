"""/exceptions/: all of them on one list; each is made and changed on behalf of its account."""

from django.urls import URLPattern

app_name = "exceptions"
urlpatterns: list[URLPattern] = []
