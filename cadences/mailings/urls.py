"""Addresses of mailings."""

from django.urls import path

from cadences.mailings.views import drafts, running

app_name = "mailings"
urlpatterns = [
    path("", drafts.listing, name="list"),
    path("new/", drafts.new, name="new"),
    path("count/", drafts.count, name="count"),
    path("<int:pk>/", drafts.detail, name="detail"),
    path("<int:pk>/preview/", drafts.preview, name="preview"),
    path("<int:pk>/excluded/", drafts.excluded, name="excluded"),
    path("<int:pk>/schedule/", drafts.schedule, name="schedule"),
    path("<int:pk>/delete/", drafts.delete, name="delete"),
    path("<int:pk>/state/", running.state, name="state"),
    path("<int:pk>/file/", running.export, name="file"),
    path("<int:pk>/pause/", running.pause, name="pause"),
    path("<int:pk>/resume/", running.resume, name="resume"),
    path("<int:pk>/stop/", running.stop, name="stop"),
]
