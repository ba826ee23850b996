"""My mail: a user's own sender address, proven by a link that is mailed to it."""
