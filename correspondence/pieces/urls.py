"""Addresses of mails and letters; part of the namespace ``correspondence``."""

from django.urls import path

from correspondence.pieces.views import drafts, pieces, writing

urlpatterns = [
    path("to-send/", drafts.drafts, name="drafts"),
    path("to-send/approve/", drafts.approve, name="approve"),
    path("to-send/day/", drafts.day_line, name="day_line"),
    path("thank-you/<int:interaction_pk>/", writing.thank_you, name="thank_you"),
    path("write/<int:account_pk>/", writing.write, name="write"),
    path("write/<int:account_pk>/preview/", writing.preview, name="preview"),
    path("write/<int:account_pk>/sent/", pieces.sent_myself, name="sent_myself"),
    path("written/<int:pk>/", pieces.piece, name="piece"),
    path("written/<int:pk>/cancel/", pieces.cancel, name="piece_cancel"),
    path("written/<int:pk>/resend/", pieces.resend, name="piece_resend"),
    path("written/<int:pk>/arrived/", pieces.arrived, name="piece_arrived"),
    path("written/<int:pk>/again/", pieces.again, name="piece_again"),
    path("written/files/<int:pk>/", pieces.file, name="piece_file"),
]
