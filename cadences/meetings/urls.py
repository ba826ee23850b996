"""/calendar/: the calendar, its meetings, and the address for other calendars."""

from django.urls import path

from cadences.meetings.views import appointments, calendar, feed

app_name = "meetings"
urlpatterns = [
    path("", calendar.calendar, name="calendar"),
    path("address/", feed.address, name="address"),
    path("feed/<str:token>.ics", feed.feed, name="feed"),
    path("of/<int:account_pk>/", appointments.panel, name="panel"),
    path("of/<int:account_pk>/agree/", appointments.agree, name="agree"),
    path("<int:pk>/", appointments.detail, name="detail"),
    path("<int:pk>/change/", appointments.change, name="change"),
    path("<int:pk>/cancel/", appointments.cancel, name="cancel"),
    path("<int:pk>/missed/", appointments.miss, name="miss"),
    path("<int:pk>/hold/", appointments.hold, name="hold"),
]
