""" "Please contact me": what a customer may write who wants to be known, beside the anonymous survey."""
