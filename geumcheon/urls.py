"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

from geumcheon import dongs, health, pages, patterns, sitemaps, views
from geumcheon.search.views import search

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("councils.urls")),
    path("", include("projects.urls")),
    path("", include("budgets.urls")),
    path("", include("forums.urls")),
    path("votes/", include("voting.urls")),
    path("dongs/", dongs.index, name="dongs"),
    path("dongs/<str:name>/", dongs.dong, name="dong"),
    path("search/", search, name="search"),
    path("open-data/", include("geumcheon.opendata.urls")),
    path("exports/", include("geumcheon.accounts.export_urls")),
    path("imports/", include("geumcheon.accounts.import_urls")),
    path("accounts/", include("geumcheon.accounts.urls")),
    path("my/", include("geumcheon.accounts.my_urls")),
    path("admin/", admin.site.urls),
    path("patterns/", patterns.patterns, name="patterns"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("terms/", pages.terms, name="terms"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.part, name="sitemap_part"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
