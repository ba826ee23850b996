"""What the plan knows for mails and letters."""
