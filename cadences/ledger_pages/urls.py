"""Addresses of the ledger."""

from django.urls import path

from cadences.ledger_pages.views import figures, managing

app_name = "ledger"
urlpatterns = [
    path("", figures.mine, name="mine"),
    path("table.csv", figures.table_file, name="table_file"),
    path("rows/", figures.rows, name="rows"),
    path("rows.csv", figures.rows_file, name="rows_file"),
    path("silence/", managing.silence, name="silence"),
    path("team/", managing.team, name="team"),
    path("evenness/", managing.evenness, name="evenness"),
]
