"""Addresses of gifts and greetings."""

from django.urls import path

from cadences.gifts import views

app_name = "gifts"
urlpatterns = [
    path("", views.year_list, name="list"),
    path("file/", views.year_file, name="file"),
    path("budget/<int:year>/<int:slot>/", views.budget, name="budget"),
    path("<int:pk>/", views.gift, name="gift"),
    path("<int:pk>/sent/", views.sent, name="sent"),
    path("<int:pk>/thanks/", views.thanks, name="thanks"),
]
