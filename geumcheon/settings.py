"""Settings of the Geumcheon governance portal: one file, everything from the environment.

| variable          | default                         | what it does                                                        |
|-------------------|---------------------------------|---------------------------------------------------------------------|
| DEBUG             | off                             | development: demo accounts, tracebacks, a key of its own            |
| SECRET_KEY        | made once in var/secret_key     | signs sessions and links; must be set when PostgreSQL is used        |
| ALLOWED_HOSTS     | 127.0.0.1,localhost             | host names served                                                   |
| CSRF_TRUSTED_ORIGINS | none                         | https://… origins behind a proxy                                    |
| DATABASE_URL      | sqlite:///var/db.sqlite3        | sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME           |
| REDIS_URL         | none                            | Celery broker and shared cache; without it tasks run in the process |
| SITE_URL          | http://127.0.0.1:8000           | address written into mails and exports                              |
| EMAIL_URL         | consolemail://                  | smtp+tls://USER:PASSWORD@HOST:587                                   |
| MAIL_FROM         | portal@localhost                | sender of mails                                                     |
| MEDIA_ROOT        | var/media                       | exported and uploaded files                                         |
| STATIC_ROOT       | var/static                      | collected static files                                              |
| BEHIND_PROXY      | off                             | trust X-Forwarded-Proto; secure cookies and HSTS                    |
| OFFICIAL_MASTHEAD | off                             | shows the official government-site masthead                         |
| MINUTES_DUE_DAYS  | 14                              | minutes not published so many days after the meeting are listed late |
| MEMBER_RETENTION_DAYS | 1095                        | names of members are kept this long after their last term           |
| CANDIDATE_RETENTION_DAYS | 180                      | names of applicants are kept this long after the day of appointment |
| VERIFICATION_PEPPER | made once in var/verification_pepper | keys the hashes of phone numbers; must be set with PostgreSQL |
| VERIFICATION_DAYS | 365                             | a resident's verification is good for so many days                  |
| TEXT_BACKEND      | console in DEBUG, solapi with keys, else off | who sends the codes of the phone check                 |
| SOLAPI_API_KEY | none | key at SOLAPI, who carries the codes |
| SOLAPI_API_SECRET | none | its secret |
| SOLAPI_SENDER | none | number the texts come from |
| IDENTITY_ISSUER | none | OpenID Connect provider of 본인확인 whose answer carries ci; it comes back to /my/verify/identity/callback/ and /votes/check/identity/ |
| IDENTITY_CLIENT_ID | none | the portal's name there |
| IDENTITY_CLIENT_SECRET | none | its secret |
| KAKAO_CLIENT_ID | none | sign-in with Kakao; hidden without |
| KAKAO_CLIENT_SECRET | none | its secret |
| NAVER_CLIENT_ID | none | sign-in with Naver; hidden without |
| NAVER_CLIENT_SECRET | none | its secret |
| OIDC_CLIENT_ID | none | sign-in with an OpenID Connect provider; hidden without |
| OIDC_CLIENT_SECRET | none | its secret |
| OIDC_NAME | OpenID | what that provider is called on the pages |
| OIDC_ISSUER | none | its address |
| VOTE_SECRETS_DIR  | var/vote_secrets                | secrets of votes, outside the database; shared by all web processes |
| VOTE_LEVELS       | text,roll                       | voter checks that work here (text, identity, roll)                  |
| LOG_LEVEL         | INFO                            | root log level                                                      |
"""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from geumcheon.secret import local_secret_key
from geumcheon.social_settings import social_providers

BASE_DIR = Path(__file__).resolve().parent.parent
(BASE_DIR / "var").mkdir(exist_ok=True)
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    # Only the embedded default (one machine, one SQLite file) makes a key of its own and keeps it beside the database.
    if env.str("DATABASE_URL", "").startswith("postgres") and not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Web processes that share a PostgreSQL database share one key."
        )
    SECRET_KEY = local_secret_key(BASE_DIR / "var" / "secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
OFFICIAL_MASTHEAD = env.bool("OFFICIAL_MASTHEAD", False)

INSTALLED_APPS = [
    "geumcheon",
    "geumcheon.lib",
    "geumcheon.accounts",
    "councils",
    "projects",
    "budgets",
    "forums",
    "voting",
    "geumcheon.adminconfig.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.kakao",
    "allauth.socialaccount.providers.naver",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "rules",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "geumcheon.urls"
WSGI_APPLICATION = "geumcheon.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "geumcheon.context.site",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- database -----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Immediate transactions: a writer waits for the lock at BEGIN instead of failing at its first write.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: what is committed survives a power cut; NORMAL could lose the last acknowledged votes.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- tasks and cache ----------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CELERY_BROKER_URL = REDIS_URL
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_TASK_ALWAYS_EAGER = True
    CELERY_BROKER_URL = "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Seoul"
# A rollup older than this makes /readyz fail: the nightly run was missed.
ROLLUP_MAX_AGE_HOURS = 36

# --- accounts -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "geumcheon.accounts.backends.PortalBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "geumcheon.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # staff and members come by invitation, which proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail from the portal because a stranger typed their address
# Django's own: allauth's copies addresses into a table of its own, where an address changed later would live on.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # links of password resets and invitations, in seconds
ACCOUNT_LOGOUT_ON_GET = False
SOCIALACCOUNT_ADAPTER = "geumcheon.accounts.social.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False  # the form with the age and the consent comes always
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address never opens or joins an account
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: a form that ends at another host is stopped by form-action
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = social_providers(
    kakao=(env.str("KAKAO_CLIENT_ID", ""), env.str("KAKAO_CLIENT_SECRET", "")),
    naver=(env.str("NAVER_CLIENT_ID", ""), env.str("NAVER_CLIENT_SECRET", "")),
    oidc=(env.str("OIDC_CLIENT_ID", ""), env.str("OIDC_CLIENT_SECRET", "")),
    oidc_name=env.str("OIDC_NAME", "OpenID"),
    oidc_issuer=env.str("OIDC_ISSUER", ""),
)
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "geumcheon.views.csrf_failure"

# --- residents' verification ---------------------------------------------------------------------------------------
VERIFICATION_PEPPER = env.str("VERIFICATION_PEPPER", "")
if not VERIFICATION_PEPPER and (DEBUG or DATABASES["default"]["ENGINE"].endswith("sqlite3")):
    # As the secret key: one machine keeps its own. Without it web processes on PostgreSQL check nobody.
    VERIFICATION_PEPPER = local_secret_key(BASE_DIR / "var" / "verification_pepper")
VERIFICATION_DAYS = env.int("VERIFICATION_DAYS", 365)
SOLAPI_API_KEY, SOLAPI_API_SECRET = env.str("SOLAPI_API_KEY", ""), env.str("SOLAPI_API_SECRET", "")
SOLAPI_SENDER = env.str("SOLAPI_SENDER", "")
TEXT_BACKEND = env.str("TEXT_BACKEND", "solapi" if SOLAPI_API_KEY else "console" if DEBUG else "")
IDENTITY_ISSUER = env.str("IDENTITY_ISSUER", "").rstrip("/")
IDENTITY_CLIENT_ID, IDENTITY_CLIENT_SECRET = env.str("IDENTITY_CLIENT_ID", ""), env.str("IDENTITY_CLIENT_SECRET", "")

# --- how long names are kept, in days (councils.member_actions.forget_people) ---------------------------------------
MEMBER_RETENTION_DAYS = env.int("MEMBER_RETENTION_DAYS", 1095)
CANDIDATE_RETENTION_DAYS = env.int("CANDIDATE_RETENTION_DAYS", 180)

# Days after a meeting until its published record is late (councils.late).
MINUTES_DUE_DAYS = env.int("MINUTES_DUE_DAYS", 14)

# --- votes: what is kept outside the database (voting.keys) and which checks of a voter are at hand --------------------
VOTE_SECRETS_DIR = Path(env.str("VOTE_SECRETS_DIR", str(BASE_DIR / "var" / "vote_secrets")))
VOTE_LEVELS = env.list("VOTE_LEVELS", default=["text", "roll"])

# --- mail ---------------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
# The outbox holds its row (on SQLite the write lock, 20 s) while the mail server answers.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", "portal@localhost")

# --- language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ko"
TIME_ZONE = "Asia/Seoul"
USE_I18N = True
USE_TZ = True

# --- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(BASE_DIR / "var" / "media")))
# Hashed, compressed files once `collectstatic` has run; until then the files are served as they are in the source tree.
_COLLECTED = not DEBUG and (Path(STATIC_ROOT) / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED or "collectstatic" in sys.argv
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _COLLECTED
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# A project's admin page carries all its rows at once: 20 lines x 8 fields and more.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# --- security -----------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Rate limits count by the visitor's address, which the proxy passes on in X-Forwarded-For (deploy/nginx.conf).
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # else all visitors share the proxy's sign-in limit
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000

SIMPLE_HISTORY_REVERT_DISABLED = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
