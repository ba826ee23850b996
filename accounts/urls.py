"""Addresses of the account's forms; its list and page stand in cadences.account_pages.urls."""

app_name = "accounts"
urlpatterns: list = []
