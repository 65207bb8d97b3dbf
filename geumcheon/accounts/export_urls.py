"""Addresses of export jobs, under /exports/."""

from django.urls import path

from geumcheon.accounts import export_views

app_name = "exports"

urlpatterns = [
    path("<slug:token>/", export_views.job, name="job"),
    path("<slug:token>/file", export_views.download, name="file"),
]
