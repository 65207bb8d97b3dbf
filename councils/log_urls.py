"""Addresses under meetings/ where members call, log, publish and correct."""

from django.urls import path

from councils import draft_views, file_views, log_views, publish_views
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("call/", log_views.call_new, name="call_new"),
    path("log/", log_views.log_new, name="log_new"),
    path("drafts/token/", draft_views.draft_token, name="draft_token"),
    path("drafts/<slug:key>/", draft_views.draft, name="draft"),
    path("<year:year>/<number:no>/call/", log_views.call, name="call"),
    path("<year:year>/<number:no>/log/", log_views.log, name="log"),
    path("<year:year>/<number:no>/correct/", log_views.correct, name="log_correct"),
    path("<year:year>/<number:no>/publish/", publish_views.publish, name="log_publish"),
    path("<year:year>/<number:no>/cancel/", publish_views.cancel, name="log_cancel"),
    path("<year:year>/<number:no>/files/<key:pk>/", file_views.meeting_file, name="meeting_file"),
]
