"""Pages on which mails and letters are written, looked at and sent."""
