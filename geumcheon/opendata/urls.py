"""Addresses under /open-data/. Published addresses never change."""

from django.urls import path

from geumcheon.opendata import views

app_name = "open_data"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("all/", views.everything, name="everything"),
    path("catalog.jsonld", views.dcat, name="dcat"),
    path("<slug:name>.json", views.download, {"suffix": "json"}, name="json"),
    path("<slug:name>.csv", views.download, {"suffix": "csv"}, name="csv"),
]
