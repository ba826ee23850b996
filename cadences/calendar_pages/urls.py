"""/calendars/: when people work. Pausing an account is part of its own addresses."""

from django.urls import path

from cadences.calendar_pages.views import absences, calendars, people

app_name = "calendars"
urlpatterns = [
    path("", calendars.listing, name="list"),
    path("new/", calendars.create, name="create"),
    path("place/", calendars.place, name="place"),
    path("<int:pk>/", calendars.edit, name="edit"),
    path("<int:pk>/default/", calendars.make_default, name="make_default"),
    path("<int:pk>/delete/", calendars.delete, name="delete"),
    path("<int:pk>/closures/", calendars.add_closure, name="add_closure"),
    path("<int:pk>/closures/remove/", calendars.remove_closure, name="remove_closure"),
    path("users/", people.table, name="people"),
    path("users/company/", people.company_capacity, name="company_capacity"),
    path("absences/", absences.listing, name="absences"),
    path("absences/new/", absences.create, name="create_absence"),
    path("absences/<int:pk>/", absences.edit, name="edit_absence"),
    path("absences/<int:pk>/remove/", absences.remove, name="remove_absence"),
]
