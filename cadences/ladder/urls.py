"""Addresses of the plan; a cell is version/slot/tier, tier 0 is the base plan."""

from django.urls import path

from cadences.ladder.views import cells, ladder, slots, versions

app_name = "plan"
urlpatterns = [
    path("", ladder.ladder, name="ladder"),
    path("draft/", versions.draft, name="draft"),
    path("roll-back/", versions.roll_back, name="roll_back"),
    path("slots/", slots.listing, name="slots"),
    path("slots/new/", slots.create, name="slot_new"),
    path("slots/<int:pk>/", slots.edit, name="slot"),
    path("slots/<int:pk>/move/", slots.move, name="slot_move"),
    path("slots/<int:pk>/delete/", slots.delete, name="slot_delete"),
    path("<int:pk>/", ladder.version, name="version"),
    path("<int:pk>/cell/<int:slot>/<int:tier>/", cells.cell, name="cell"),
    path("<int:pk>/cell/<int:slot>/<int:tier>/sheet/", cells.sheet, name="sheet"),
    path("<int:pk>/track/", cells.track, name="track"),
    path("<int:pk>/compare/", versions.compare, name="compare"),
    path("<int:pk>/activate/", versions.activate, name="activate"),
    path("<int:pk>/unschedule/", versions.unschedule, name="unschedule"),
    path("<int:pk>/note/", versions.note, name="note"),
    path("<int:pk>/discard/", versions.discard, name="discard"),
]
