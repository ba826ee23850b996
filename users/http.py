"""What every view behind the sign-in is given."""

from django.http import HttpRequest

from users.models import User


class Request(HttpRequest):
    """A request of somebody who is signed in: SignInRequiredMiddleware has seen to it."""

    user: User
