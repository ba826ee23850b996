"""/leaving/: somebody leaves (admins); what has nobody responsible (managers and admins)."""

from django.urls import path

from imports.leaving import nobody_views, views

app_name = "leaving"
urlpatterns = [
    path("<int:pk>/", views.person, name="person"),
    path("nobody/", nobody_views.listing, name="nobody"),
    path("nobody/<str:key>/", nobody_views.give_all, name="give_all"),
    path("nobody/<str:key>/<int:pk>/", nobody_views.give, name="give"),
]
