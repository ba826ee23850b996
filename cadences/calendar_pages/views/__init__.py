"""Pages about calendars: parse, call one verb or queryset, render."""
