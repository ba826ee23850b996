"""The URL table as it is where mail is caught."""

from django.urls import path

from config import mailbox
from config.urls import urlpatterns as usual

urlpatterns = [
    *usual,
    path("dev/mail/", mailbox.listing, name="mail_sink"),
    path("dev/mail/<str:name>/", mailbox.message, name="mail_sink_message"),
]
