"""Addresses of the recycle bin."""

from django.urls import path

from imports.bin import views

app_name = "bin"

urlpatterns = [
    path("", views.units, name="list"),
    path("files/", views.files, name="files"),
    path("<int:pk>/", views.unit, name="unit"),
    path("<int:pk>/restore/", views.restore, name="restore"),
    path("put/<slug:kind>/<int:pk>/", views.put_in, name="put_in"),
]
