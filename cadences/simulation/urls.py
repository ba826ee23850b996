"""Addresses of simulations, below the version of the plan they are of."""

from django.urls import path

from cadences.simulation import views

app_name = "simulation"
urlpatterns = [
    path("<int:pk>/simulation/", views.detail, name="detail"),
    path("<int:pk>/simulation/start/", views.start, name="start"),
    path("<int:pk>/simulation/users.csv", views.people, name="people"),
]
