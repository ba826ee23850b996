"""Templates: their pages, their words in every medium and language, and what is written with them.

:mod:`services` has what others call (``pick``, ``write``, ``write_many``) and the verbs of the pages.
"""
