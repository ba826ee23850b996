"""Addresses of *My mail*; part of the namespace ``correspondence``."""

from django.urls import path

from correspondence.identities import views

urlpatterns = [
    path("my-mail/", views.my_mail, name="my_mail"),
    path("my-mail/link/", views.send_link, name="my_mail_link"),
    path("my-mail/revoke/", views.revoke, name="my_mail_revoke"),
    path("my-mail/verify/<str:token>/", views.verify, name="my_mail_verify"),
    path("outbox/senders/", views.identities, name="identities"),
]
