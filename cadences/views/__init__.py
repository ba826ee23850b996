"""Pages of what is owed: My day, the sheet, logs, to-dos, the engine."""
