"""The account list and the account page: they show facts of several apps, so they live on the right."""
