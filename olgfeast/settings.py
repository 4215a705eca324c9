"""The one settings file. Each variable is read by olgfeast.env and listed in .env.example."""

from pathlib import Path

from olgfeast import __version__, databases, embedded, env, logs

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()

VERSION = __version__
DEBUG = env.flag("DEBUG")
DATABASE_URL, REDIS_URL, EMBEDDED = databases.addresses(VAR_DIR)
SECRET_KEY = env.secret("SECRET_KEY") or embedded.secret_key(VAR_DIR, create=EMBEDDED)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "ninja",
    "kitchen",
    "operations",
    "olgfeast",
]
# Few of them: each costs time on every tap.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "operations.headers.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "olgfeast.urls"
ASGI_APPLICATION = "olgfeast.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": databases.django_database(DATABASE_URL)}
CHANNEL_LAYERS = {"default": databases.channel_layer(REDIS_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# A browser drops secure cookies on plain http, and a kitchen's box is often reached that way.
HTTPS = env.flag("HTTPS")
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 3600 if HTTPS else 0
# Only behind a proxy that sets the header itself; else a client could claim to have come by TLS.
if env.flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

LOG_LEVEL = env.text("LOG_LEVEL", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.text("LOG_FORMAT", "text", choices=("text", "json"))
LOGGING = logs.configuration(level=LOG_LEVEL, form=LOG_FORMAT)

# The printer worker.
POLL_INTERVAL = env.seconds("POLL_INTERVAL", 2.0)
MAX_TICKETS_PER_POLL = env.whole("MAX_TICKETS_PER_POLL", 10, at_least=1, at_most=1000)
MAX_PRINT_RETRIES = env.whole("MAX_PRINT_RETRIES", 3, at_least=0, at_most=100)
RETRY_DELAY_SECONDS = env.seconds("RETRY_DELAY_SECONDS", 5.0)
PRINT_CONFIRM_SECONDS = env.seconds("PRINT_CONFIRM_SECONDS", 10.0)
POSSIBLE_COPY_AFTER_SECONDS = env.seconds("POSSIBLE_COPY_AFTER_SECONDS", 60.0)
STALE_JOB_MINUTES = env.minutes("STALE_JOB_MINUTES", 60.0)
HEALTH_CHECK_PORT = env.whole("HEALTH_CHECK_PORT", 9100, at_least=1, at_most=65535)
HEALTH_CHECK_HOST = env.text("HEALTH_CHECK_HOST", "127.0.0.1")
