"""Addresses of people, concerns, notes, promises and asks."""

from django.urls import path

from contacts import views
from contacts.concern_pages import views as concerns
from contacts.promise_pages import expectations
from contacts.promise_pages import views as promises

app_name = "contacts"
urlpatterns = [
    path("", views.contact_list, name="list"),
    path("<int:pk>/", views.contact_detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/pause/", views.pause, name="pause"),
    path("new/<int:account_pk>/", views.add, name="add"),
    path("note/<int:account_pk>/", views.note, name="note"),
    path("concerns/", concerns.concerns, name="concerns"),
    path("concern/new/<int:account_pk>/", concerns.add, name="concern_add"),
    path("concern/<int:pk>/", concerns.concern, name="concern"),
    path("concern/<int:pk>/note/", concerns.note, name="concern_note"),
    path("concern/<int:pk>/change/", concerns.change, name="concern_change"),
    path("concern/<int:pk>/resolve/", concerns.resolve, name="concern_resolve"),
    path("concern/<int:pk>/confirm/", concerns.confirm, name="concern_confirm"),
    path("concern/<int:pk>/unconfirm/", concerns.unconfirm, name="concern_unconfirm"),
    path("concern/<int:pk>/reopen/", concerns.reopen, name="concern_reopen"),
    path("promises/", promises.promises, name="promises"),
    path("promises/of/<int:account_pk>/", promises.of_account, name="account_promises"),
    path("promises/of/<int:account_pk>/rate/", promises.rate, name="promise_rate"),
    path("promise/new/<int:account_pk>/", promises.add, name="promise_add"),
    path("commitment/<int:pk>/close/", promises.close, name="commitment_close"),
    path("commitment/<int:pk>/move/", promises.move, name="commitment_move"),
    path("commitment/<int:pk>/reopen/", promises.reopen, name="commitment_reopen"),
    path("expectations/<int:account_pk>/", expectations.panel, name="expectations"),
    path("expectation/new/<int:account_pk>/", expectations.add, name="expectation_add"),
    path("expectation/<int:pk>/judge/", expectations.judge, name="expectation_judge"),
    path("expectation/<int:pk>/reopen/", expectations.reopen, name="expectation_reopen"),
    path("ask/<int:pk>/answer/", views.ask_answer, name="ask_answer"),
]
