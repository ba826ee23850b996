"""What people write in mails and letters: plain text with very little markup, never HTML, never code.

``source`` is what the text box holds: paragraphs, ``- `` and ``1. `` lists, ``**bold**``, ``*italic*``, a new
line is a new line, a web address becomes a link. :mod:`blocks` reads it; :mod:`showing` makes HTML and plain
text of it; :mod:`filling` puts values for ``{{placeholders}}``. Nothing here imports Django.
"""
