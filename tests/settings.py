"""Settings for tests: the portal's own, with a key, fast passwords and plain static files."""

import os
import re
import tempfile

os.environ.setdefault("SECRET_KEY", "tests")
if os.environ.get("REDIS_URL"):
    # A test empties its cache: each xdist worker gets a Redis database of its own, counted down from the one given.
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    os.environ["REDIS_URL"] = re.sub(r"(?<=/)\d+$", lambda found: str(int(found[0]) - _worker), os.environ["REDIS_URL"])

os.environ.setdefault("VOTE_SECRETS_DIR", tempfile.mkdtemp(prefix="vote-secrets-"))
# Publishing a vote writes its files.
os.environ.setdefault("MEDIA_ROOT", tempfile.mkdtemp(prefix="portal-media-"))

from geumcheon.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
VERIFICATION_PEPPER = "tests"
TEXT_BACKEND = "memory"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tasks run where they are started, whatever the broker; tests/geumcheon/test_deploy.py starts a real worker.
CELERY_TASK_ALWAYS_EAGER = True
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"CHARSET": "UTF8", "TEMPLATE": "template0"}  # noqa: F405
