"""Addresses of imports; all of them for admins."""

from django.urls import path

from imports import views

app_name = "imports"

urlpatterns = [
    path("imports/", views.batches, name="list"),
    path("imports/new/", views.upload, name="upload"),
    path("imports/<int:pk>/", views.detail, name="detail"),
    path("imports/<int:pk>/columns/", views.columns, name="map"),
    path("imports/<int:pk>/reading/", views.reading, name="reread"),
    path("imports/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("imports/<int:pk>/refused/", views.refusals, name="refusals"),
]
