"""Correspondence: every mail the product sends is a row of the outbox first."""
