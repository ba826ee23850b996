"""Taking a whole import back: what it did is kept row by row, and undone unless somebody went on with it."""
