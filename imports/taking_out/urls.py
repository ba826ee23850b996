"""Addresses of taking out."""

from django.urls import path

from imports.taking_out import views

app_name = "taking_out"

urlpatterns = [
    path("", views.everything, name="everything"),
    path("person/<int:pk>/", views.person, name="person"),
    path("account/<int:pk>/", views.dossier, name="dossier"),
    path("<int:pk>/file/", views.fetch, name="fetch"),
    path("<int:pk>/delete/", views.delete, name="delete"),
]
