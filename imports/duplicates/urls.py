"""Addresses of what is there twice."""

from django.urls import path

from imports.duplicates import views
from imports.duplicates.typing_views import like_account, like_person

app_name = "duplicates"

urlpatterns = [
    path("", views.account_pairs, name="accounts"),
    path("people/", views.contact_pairs, name="people"),
    path("look/", views.look, name="look"),
    path("like/account/", like_account, name="like_account"),
    path("like/person/<int:account_pk>/", like_person, name="like_person"),
    path("account/<int:pk>/", views.choose_account, name="choose_account"),
    path("account/<int:pk>/with/<int:other>/", views.merge_accounts, name="merge_accounts"),
    path("account/pair/<int:pk>/", views.decide_accounts, name="account_pair"),
    path("person/<int:pk>/", views.choose_person, name="choose_person"),
    path("person/<int:pk>/with/<int:other>/", views.merge_people, name="merge_people"),
    path("person/pair/<int:pk>/", views.decide_people, name="contact_pair"),
    path("merges/", views.merges, name="merges"),
    path("merges/<int:pk>/", views.merge, name="merge"),
    path("merges/<int:pk>/undo/", views.undo, name="undo"),
]
