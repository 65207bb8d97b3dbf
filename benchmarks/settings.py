"""The portal's own settings with one more page: the hello view that real pages are measured beside."""

from geumcheon.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
WSGI_APPLICATION = "benchmarks.wsgi.application"
