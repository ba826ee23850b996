"""`make bench`: the engine at a million accounts and the pages at 200,000, beside what is physically there.

Every figure is a ratio to a bare statement or a minimal page measured in the same run, because
absolute times drift from machine to machine. It works in databases of its own, made and dropped here.
"""
