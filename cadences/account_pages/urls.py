"""Addresses of the account page; config puts them into the namespace ``accounts``."""

from django.urls import path

from cadences.account_pages import views
from cadences.calendar_pages.views import pauses

urlpatterns = [
    path("<int:pk>/", views.account_detail, name="detail"),
    path("<int:pk>/pause/", pauses.pause, name="pause"),
    path("<int:pk>/pause/end/", pauses.end_pause, name="end_pause"),
    path("<int:pk>/timeline/", views.account_timeline, name="timeline"),
    path("<int:pk>/concerns/", views.concerns, name="concerns"),
    path("<int:pk>/asks/", views.asks, name="asks"),
    path("<int:pk>/coming/", views.coming_year, name="coming"),
    path("<int:pk>/why/<int:touchpoint>/", views.why, name="why"),
]
