"""Addresses of imports; all of them for admins."""

from django.urls import path

from imports import views

app_name = "imports"

urlpatterns = [
    path("", views.batches, name="list"),
    path("new/", views.upload, name="upload"),
    path("back/<slug:kind>/", views.give_back, name="give_back"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/columns/", views.columns, name="map"),
    path("<int:pk>/reading/", views.reading, name="reread"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/refused/", views.refusals, name="refusals"),
]
