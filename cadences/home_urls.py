"""The first page after signing in, under a name of its own for everybody who links to it."""

from django.urls import path

from cadences.views.day import day

urlpatterns = [path("", day, name="home")]
