"""Addresses of the account list and of what is done with it; config puts them into ``accounts``."""

from django.urls import path

from cadences.lists.views import bulk, finding, listing, no_next, saved

urlpatterns = [
    path("", listing.account_list, name="list"),
    path("tools/", listing.tools, name="tools"),
    path("totals/", listing.totals, name="totals"),
    path("file/", listing.export, name="export"),
    path("find/", finding.quick, name="quick"),
    path("search/", finding.search, name="search"),
    path("commands/", finding.commands, name="commands"),
    path("no-next-date/", no_next.page, name="no_next"),
    path("no-next-date/number/", no_next.number, name="no_next_number"),
    path("views/new/", saved.create, name="view_create"),
    path("views/<int:pk>/", saved.edit, name="view_edit"),
    path("views/<int:pk>/update/", saved.update, name="view_update"),
    path("views/<int:pk>/delete/", saved.delete, name="view_delete"),
    path("views/<int:pk>/open/", saved.open_with, name="view_open"),
    path("bulk/", bulk.history, name="bulk_history"),
    path("bulk/choose/", bulk.choose, name="bulk_choose"),
    path("bulk/<int:pk>/", bulk.detail, name="bulk"),
    path("bulk/<int:pk>/undo/", bulk.undo, name="bulk_undo"),
]
