"""Surveys as the CRM knows them: programmes, questions, waves and invitations; never an answer."""
