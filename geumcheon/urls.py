"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

from geumcheon import health, patterns, views
from geumcheon.search.views import search

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("councils.urls")),
    path("", include("projects.urls")),
    path("", include("budgets.urls")),
    path("search/", search, name="search"),
    path("open-data/", include("geumcheon.opendata.urls")),
    path("exports/", include("geumcheon.accounts.export_urls")),
    path("accounts/", include("geumcheon.accounts.urls")),
    path("admin/", admin.site.urls),
    path("patterns/", patterns.patterns, name="patterns"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
