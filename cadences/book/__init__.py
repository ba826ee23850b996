"""The book (R7): which of my 25 needs me, what comes next, and how a team's books stand side by side."""
