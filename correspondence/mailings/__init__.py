"""Mailings: whom criteria find and why some get nothing (:mod:`audience`), the verbs (:mod:`services`),
making the pieces (:mod:`preparing`), what is done when their turn comes (:mod:`turns`).
"""
