"""Production: everything from the environment, nothing guessed (docs/operations.md lists it)."""

from config.env import env, required
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR

DEBUG = False

required("ALLOWED_HOSTS", "the names this site answers to, separated by commas")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_URL = env.str("SITE_URL", default=f"https://{ALLOWED_HOSTS[0].removeprefix('.')}")
CSRF_TRUSTED_ORIGINS = env.list(
    "CSRF_TRUSTED_ORIGINS", default=[f"https://{host.removeprefix('.')}" for host in ALLOWED_HOSTS]
)
if not env.str("MAIL_PROVIDER", default=""):
    required("EMAIL_URL", "the mail server, as smtp+tls://user:password@host:587")

# -- HTTPS only ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
if env.int("TRUSTED_PROXY_COUNT", default=0):
    # Only a proxy of ours may say that the browser came by HTTPS; it must overwrite the header.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The __Host- prefix ties a cookie to this host and to HTTPS, whatever a neighbouring host sets.
SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

# -- Static files: hashed names, compressed by `manage.py collectstatic` -------------------------------

STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
