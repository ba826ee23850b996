"""Addresses of the survey results."""

from django.urls import path

from surveys.results import views

app_name = "survey_results"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/table.csv", views.table, name="table"),
    path("over-time/<int:pk>/", views.history, name="history"),
]
