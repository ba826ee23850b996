"""Pages of the plan: parse, call one verb or queryset, render."""

from cadences.ladder.views import cells, ladder, slots, versions

__all__ = ["cells", "ladder", "slots", "versions"]
