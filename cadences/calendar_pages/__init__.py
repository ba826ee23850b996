"""Pages on which people say when they work: calendars, closures, capacity, absences, pauses.

They stand here, right of ``users`` and ``accounts``, because each shows what the engine would move before
anything is saved.
"""
