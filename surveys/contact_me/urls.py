"""Addresses of "please contact me"."""

from django.urls import path

from surveys.contact_me import views

app_name = "contact_me"
urlpatterns = [
    path("", views.form, name="form"),
    path("thanks/", views.thanks, name="thanks"),
    path("requests/", views.listing, name="list"),
    path("requests/<uuid:pk>/", views.done, name="done"),
]
