"""Fixtures for every test. Keep it small: an app's fixtures belong into its own folder."""
