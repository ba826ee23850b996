"""Addresses of the book."""

from django.urls import path

from cadences.book import views

app_name = "book"
urlpatterns = [
    path("", views.show, name="board"),
    path("refill/", views.refill, name="refill"),
    path("team/", views.side_by_side, name="team"),
    path("<int:pk>/begin/", views.begin, name="begin"),
    path("<int:pk>/finish/", views.finish, name="finish"),
    path("finished/<int:pk>/take-back/", views.take_back, name="take_back"),
]
