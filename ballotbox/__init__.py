"""The anonymous survey's ballot box, tally and cryptography. Imports nothing of the project.

Three roles share these modules and nothing else: the CRM, which makes tickets and never sees an answer; the
box, a small process that takes sealed ballots; and the tally, the only holder of private keys.
docs/anonymity.md says what that promises.
"""
