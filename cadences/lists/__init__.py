"""The account list: its address, filters, columns, order, views, bulk changes and search."""
