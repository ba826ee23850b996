"""Addresses of the account list and page; config puts them into the namespace ``accounts``."""

from django.urls import path

from cadences.account_pages import views

urlpatterns = [
    path("", views.account_list, name="list"),
    path("find/", views.quick, name="quick"),
    path("<int:pk>/", views.account_detail, name="detail"),
    path("<int:pk>/timeline/", views.account_timeline, name="timeline"),
    path("<int:pk>/why/<int:touchpoint>/", views.why, name="why"),
]
