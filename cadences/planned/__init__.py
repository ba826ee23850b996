"""What the plan writes by itself: e-mails and letters that are drafted on the night they are due.

:mod:`rows` finds what is to be written, :mod:`writing` writes it or says why not, :mod:`night` is the job,
:mod:`following` keeps drafts and touchpoints together afterwards.
"""
