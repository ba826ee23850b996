"""Addresses of the tiers' pages."""

from django.urls import path

from cadences.tier_pages import views

app_name = "tiers"
urlpatterns = [
    path("", views.listing, name="list"),
    path("tonight/", views.tonight, name="tonight"),
    path("apply/", views.apply, name="apply"),
    path("new/", views.create, name="create"),
    path("lifts/", views.lifts, name="lifts"),
    path("lifts/preview/", views.preview_lifts, name="preview_lifts"),
    path("conditions/", views.conditions, name="conditions"),
    path("preview/", views.preview, name="preview"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/move/", views.move, name="move"),
    path("<int:pk>/delete/", views.delete, name="delete"),
]
