"""The box's addresses."""

from __future__ import annotations

from django.urls import path

from ballotbox.box import views

urlpatterns = [
    path("s/<str:ticket>", views.survey),
    path("w/<uuid:wave>", views.wave, name="wave"),
    path("static/<str:name>", views.static),
    path("robots.txt", views.robots),
    path("favicon.ico", views.no_icon),
]
handler400 = "ballotbox.box.views.unreadable"
handler403 = "ballotbox.box.views.unreadable"
handler404 = "ballotbox.box.views.nothing_here"
handler500 = "ballotbox.box.views.broken"
