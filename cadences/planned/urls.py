"""Addresses of planned correspondence."""

from django.urls import path

from cadences.planned import views

app_name = "planned"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:pk>/", views.draft, name="draft"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
