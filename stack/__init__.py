"""A whole installation in one folder: environment, PostgreSQL, broker, processes, backup.

Standard library only, because the first thing it does is to build the environment in which
everything else can be imported. Nothing here knows the product; `config` and the Makefile use it.
"""
