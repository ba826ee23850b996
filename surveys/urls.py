"""Addresses of the managers' pages."""

from django.urls import path

from surveys.pages import mail, once, overview, people, questions

app_name = "surveys"
urlpatterns = [
    path("", overview.listing, name="list"),
    path("new/", overview.create, name="create"),
    path("waiting/", people.listing, name="waiting"),
    path("waiting/<int:pk>/release/", people.release, name="release"),
    path("waiting/<int:pk>/skip/", people.skip, name="skip"),
    path("exclusions/", people.exclusions, name="exclusions"),
    path("exclusions/of/<int:account_pk>/", people.exclude, name="exclude"),
    path("exclusions/<int:pk>/end/", people.end, name="end_exclusion"),
    path("<int:pk>/", overview.programme, name="programme"),
    path("<int:pk>/switch/", overview.switch, name="switch"),
    path("<int:pk>/start/", once.start, name="start"),
    path("<int:pk>/questions/", questions.listing, name="questions"),
    path("<int:pk>/questions/new/<slug:type>/", questions.create, name="question_new"),
    path("<int:pk>/questions/frame/", questions.frame, name="frame"),
    path("<int:pk>/questions/publish/", questions.publish, name="publish"),
    path("<int:pk>/questions/discard/", questions.discard, name="discard"),
    path("<int:pk>/questions/of/<slug:key>/", questions.edit, name="question"),
    path("<int:pk>/questions/of/<slug:key>/move/", questions.move, name="question_move"),
    path("<int:pk>/questions/of/<slug:key>/remove/", questions.remove, name="question_remove"),
    path("<int:pk>/mail/", mail.listing, name="mails"),
    path("<int:pk>/mail/new/", mail.create, name="mail_new"),
    path("<int:pk>/mail/of/<slug:language>/", mail.edit, name="mail"),
    path("<int:pk>/mail/of/<slug:language>/remove/", mail.remove, name="mail_remove"),
    path("<int:pk>/preview/", mail.preview, name="preview"),
    path("<int:pk>/preview/send/", mail.send_test, name="send_test"),
]
