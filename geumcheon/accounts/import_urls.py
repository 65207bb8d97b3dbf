"""Addresses of imports, under /imports/."""

from django.urls import path

from geumcheon.accounts import import_views

app_name = "imports"

urlpatterns = [
    path("new/<slug:kind>/", import_views.upload, name="upload"),
    path("new/<slug:kind>/template.xlsx", import_views.template, name="template"),
    path("<slug:token>/", import_views.job, name="job"),
    path("<slug:token>/apply", import_views.apply, name="apply"),
]
