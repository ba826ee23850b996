"""/people/: what happens when people at accounts come and go."""

from django.urls import path

from cadences.people_pages import views

app_name = "people"
urlpatterns = [
    path("<int:pk>/left/", views.leave, name="leave"),
    path("<int:pk>/back/", views.back, name="back"),
    path("<int:pk>/mistake/", views.mistake, name="mistake"),
]
