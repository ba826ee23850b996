"""The ballot box: a small web process that shows a survey and takes sealed ballots.

It has its own settings and its own database role, keeps no session and no log of who came, and can read
nothing it has taken. ``python -m ballotbox.box`` starts it.
"""
