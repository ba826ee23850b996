"""/users/: who works here. Signing in and out is in ``users.auth_urls``."""

from django.urls import path

from users import views

app_name = "users"
urlpatterns = [
    path("", views.people.listing, name="list"),
    path("new/", views.people.create, name="create"),
    path("<int:pk>/", views.people.edit, name="edit"),
    path("<int:pk>/invite/", views.people.invite, name="invite"),
    path("<int:pk>/reactivate/", views.people.reactivate, name="reactivate"),
    path("profile/", views.profile.profile, name="profile"),
    path("company/", views.company.settings, name="company"),
    path("teams/", views.teams.listing, name="teams"),
    path("teams/new/", views.teams.create, name="create_team"),
    path("teams/<int:pk>/", views.teams.edit, name="edit_team"),
    path("teams/<int:pk>/delete/", views.teams.delete, name="delete_team"),
    path("invitation/<int:pk>/<str:token>/", views.invitation.accept, name="invitation"),
]
