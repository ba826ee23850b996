"""Addresses of templates."""

from django.urls import path

from correspondence.texts import views

app_name = "templates"
urlpatterns = [
    path("", views.template_list, name="list"),
    path("new/", views.create, name="create"),
    path("people/", views.people, name="people"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/settings/", views.settings, name="settings"),
    path("<int:pk>/preview/", views.preview, name="preview"),
    path("<int:pk>/compare/", views.compare, name="compare"),
    path("<int:pk>/retire/", views.retire, name="retire"),
    path("<int:pk>/bring-back/", views.bring_back, name="bring_back"),
    path("versions/<int:pk>/back/", views.go_back, name="go_back"),
]
