"""Addresses of My day, the sheet, logs and the engine."""

from django.urls import path

from cadences.views import day, engine, logs, sheet, todos

app_name = "cadences"
urlpatterns = [
    path("", day.day, name="day"),
    path("day/lines/", day.lines, name="lines"),
    path("day/next/", day.next_lines, name="next"),
    path("day/promises/", day.day_promises, name="day_promises"),
    path("day/unassigned/", day.unassigned_lines, name="unassigned"),
    path("touchpoints/<int:pk>/", sheet.touchpoint, name="touchpoint"),
    path("touchpoints/<int:pk>/log/", sheet.log, name="touchpoint_log"),
    path("touchpoints/<int:pk>/snooze/", sheet.snooze, name="snooze"),
    path("touchpoints/<int:pk>/skip/", sheet.skip, name="skip"),
    path("touchpoints/<int:pk>/back/", sheet.back, name="back"),
    path("touchpoints/<int:pk>/note/", sheet.note, name="touchpoint_note"),
    path("touchpoints/<int:pk>/promise/<int:promise>/", sheet.promise, name="promise"),
    path("todos/new/", todos.new, name="todo"),
    path("log/", logs.anywhere, name="log_anywhere"),
    path("accounts/<int:pk>/log/", logs.log, name="log"),
    path("logs/<int:pk>/correct/", logs.correct, name="correct"),
    path("logs/<int:pk>/withdraw/", logs.withdraw, name="withdraw"),
    path("logs/<int:pk>/undo/", logs.undo, name="undo"),
    path("engine/", engine.engine, name="engine"),
    path("engine/progress/", engine.progress, name="engine_progress"),
    path("engine/run/", engine.run, name="engine_run"),
    path("engine/switch/", engine.switch, name="engine_switch"),
    path("engine/hour/", engine.hour, name="engine_hour"),
]
