"""/exceptions/: all of them on one list; each is made and changed on behalf of its account."""

from django.urls import path

from cadences.exception_pages import views

app_name = "exceptions"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export/", views.export, name="export"),
    path("of/<int:account_pk>/", views.panel, name="panel"),
    path("of/<int:account_pk>/new/", views.create, name="create"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/end/", views.end, name="end"),
]
