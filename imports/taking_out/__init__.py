"""Taking out: everything in one archive, all about one person, one account's dossier."""
