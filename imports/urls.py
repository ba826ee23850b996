"""Addresses of imports; all of them for admins."""

from django.urls import path

from imports import views
from imports.undo.views import undo

app_name = "imports"

urlpatterns = [
    path("", views.batches, name="list"),
    path("new/", views.upload, name="upload"),
    path("back/<slug:kind>/", views.give_back, name="give_back"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/columns/", views.columns, name="map"),
    path("<int:pk>/reading/", views.reading, name="reread"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/undo/", undo, name="undo"),
    path("<int:pk>/mapping/", views.use_mapping, name="use_mapping"),
    path("mappings/", views.mappings, name="mappings"),
    path("mappings/<int:pk>/delete/", views.delete_mapping, name="delete_mapping"),
    path("<int:pk>/refused/", views.refusals, name="refusals"),
]
