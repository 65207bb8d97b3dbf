"""Addresses of inspections and publicity under a project; included in projects/urls.py, in its name space."""

from django.urls import path

from projects import inspection_views as views

urlpatterns = [
    path("teams/<key:pk>/", views.team, name="team"),
    path("teams/<key:team>/photos/<key:pk>/", views.visit_photo, name="visit_photo"),
    path("publicity/<key:pk>/", views.publicity_file, name="publicity_file"),
]
