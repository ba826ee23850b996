"""Addresses of people, concerns, notes, promises and asks."""

from django.urls import path

from contacts import views
from contacts.people_pages import views as people_pages

app_name = "contacts"
urlpatterns = [
    path("", views.contact_list, name="list"),
    path("<int:pk>/", views.contact_detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/pause/", views.pause, name="pause"),
    path("<int:pk>/influence/", people_pages.add_influence, name="influence_add"),
    path("influence/<int:pk>/end/", people_pages.end_influence, name="influence_end"),
    path("at/<int:account_pk>/", people_pages.people, name="people"),
    path("new/<int:account_pk>/", views.add, name="add"),
    path("note/<int:account_pk>/", views.note, name="note"),
    path("concern/new/<int:account_pk>/", views.concern_add, name="concern_add"),
    path("concern/<int:pk>/resolve/", views.concern_resolve, name="concern_resolve"),
    path("concern/<int:pk>/reopen/", views.concern_reopen, name="concern_reopen"),
    path("commitment/<int:pk>/close/", views.commitment_close, name="commitment_close"),
    path("ask/<int:pk>/answer/", views.ask_answer, name="ask_answer"),
]
