"""/leaving/: somebody leaves. Admins."""

from django.urls import path

from imports.leaving import views

app_name = "leaving"
urlpatterns = [
    path("<int:pk>/", views.person, name="person"),
]
