"""/changes/: the change history. Managers and admins."""

from django.urls import path

from imports.changes import views

app_name = "changes"
urlpatterns = [
    path("", views.listing, name="list"),
    path("file/", views.file, name="file"),
]
