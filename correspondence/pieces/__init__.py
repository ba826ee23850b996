"""E-mails and letters to one person: prepared, queued, gone.

:mod:`services` has the verbs, :mod:`leaving` what follows when a piece has left (the interaction, and
whatever apps to the right registered), :mod:`mail` how an e-mail of them is written for the outbox.
"""
