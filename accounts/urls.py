"""Addresses of the account's forms; its list and page stand in cadences.account_pages.urls."""

from django.urls import path

from accounts import file_views, views

app_name = "accounts"
urlpatterns = [
    path("new/", views.create, name="create"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/owner/", views.owner, name="owner"),
    path("<int:pk>/tier/", views.tier, name="tier"),
    path("<int:pk>/former/", views.former, name="former"),
    path("<int:pk>/book/", views.book, name="book"),
    path("<int:pk>/files/", file_views.panel, name="files"),
    path("<int:pk>/files/new/", file_views.add, name="file_add"),
    path("files/<int:pk>/", file_views.download, name="file"),
    path("files/<int:pk>/remove/", file_views.remove, name="file_remove"),
    path("files/<int:pk>/restore/", file_views.restore, name="file_restore"),
]
