from django.urls import path

from correspondence import views
from correspondence.identities.urls import urlpatterns as identities
from correspondence.letters.urls import urlpatterns as letters
from correspondence.pieces.urls import urlpatterns as pieces

app_name = "correspondence"
urlpatterns = [
    *letters,
    *pieces,
    *identities,
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:pk>/resend/", views.resend, name="resend"),
    path("outbox/<int:pk>/sent/", views.mark_sent, name="mark_sent"),
    path("outbox/resume/<str:topic>/", views.resume, name="resume"),
    path("outbox/suppressed/", views.suppressed, name="suppressed"),
    path("outbox/suppressed/<int:pk>/lift/", views.lift, name="lift"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
