"""/campaigns/: what runs and what has ended; each is started and ended on behalf of its account."""

from django.urls import path

from cadences.campaigns import views

app_name = "campaigns"
urlpatterns = [
    path("", views.listing, name="list"),
    path("of/<int:account_pk>/", views.panel, name="panel"),
    path("of/<int:account_pk>/start/", views.start, name="start"),
    path("<int:pk>/end/", views.end, name="end"),
    path("<int:pk>/resume/", views.resume, name="resume"),
]
