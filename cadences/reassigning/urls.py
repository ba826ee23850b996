"""/reassign/: hand over what somebody looks after. Managers and admins."""

from django.urls import path

from cadences.reassigning import views

app_name = "reassign"
urlpatterns = [
    path("", views.people, name="people"),
    path("<int:pk>/", views.person, name="person"),
]
