"""Addresses of people, concerns and notes."""

app_name = "contacts"
urlpatterns: list = []
