from django.urls import path

from correspondence.letters.views import batch, letterhead, queue

urlpatterns = [
    path("letters/", queue.letters, name="letters"),
    path("letters/check/", queue.check, name="letters_check"),
    path("letters/print/", queue.start, name="letters_print"),
    path("letters/<int:pk>/pdf/", queue.letter_pdf, name="letter_pdf"),
    path("letters/<int:pk>/cancel/", queue.cancel, name="letter_cancel"),
    path("letters/printed/<int:pk>/", batch.detail, name="print_batch"),
    path("letters/printed/<int:pk>/pdf/", batch.batch_pdf, name="print_batch_pdf"),
    path("letters/printed/<int:pk>/labels/", batch.labels, name="print_batch_labels"),
    path("letters/printed/<int:pk>/post/", batch.post, name="print_batch_post"),
    path("letters/printed/<int:pk>/again/", batch.again, name="print_batch_again"),
    path("letters/letterhead/", letterhead.edit, name="letterhead"),
    path("letters/letterhead/preview/", letterhead.preview, name="letterhead_preview"),
]
