"""Addresses of erasing; all of them for admins."""

from django.urls import path

from imports.erasing import views

app_name = "erasing"

urlpatterns = [
    path("", views.erasures, name="list"),
    path("keeping/", views.keeping, name="keeping"),
    path("<int:pk>/", views.person, name="person"),
    path("bin/<int:pk>/", views.person_in_bin, name="person_in_bin"),
]
