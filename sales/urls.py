"""Addresses of purchases."""

from django.urls import path

from sales import views

app_name = "sales"
urlpatterns = [
    path("of/<int:account_pk>/", views.purchase_list, name="list"),
    path("of/<int:account_pk>/panel/", views.panel, name="panel"),
    path("new/<int:account_pk>/", views.add, name="add"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/void/", views.void, name="void"),
]
