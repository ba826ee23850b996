"""Signing in and out, and passwords: the few views of django-allauth that we use. No sign-up."""

from allauth.account import views
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import RedirectView

# Django's form views take a PUT for a POST; ours are looked at or sent, nothing else.
form_page = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("login/", form_page(views.login), name="account_login"),
    path("logout/", form_page(views.logout), name="account_logout"),
    path("password/change/", form_page(views.password_change), name="account_change_password"),
    # allauth sends users without a password here; ours get theirs by mail.
    path(
        "password/set/",
        require_safe(RedirectView.as_view(pattern_name="account_reset_password")),
        name="account_set_password",
    ),
    path("password/reset/", form_page(views.password_reset), name="account_reset_password"),
    path("password/reset/done/", require_safe(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        form_page(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        require_safe(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
