"""Addresses of the account's forms; its list and page stand in cadences.account_pages.urls."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("new/", views.create, name="create"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/owner/", views.owner, name="owner"),
    path("<int:pk>/tier/", views.tier, name="tier"),
    path("<int:pk>/former/", views.former, name="former"),
    path("<int:pk>/book/", views.book, name="book"),
]
