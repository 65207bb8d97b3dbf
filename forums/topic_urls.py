"""Addresses of the topics somebody follows."""

from django.urls import path

from forums import topic_views
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("topics/", topic_views.topics, name="topics"),
    path("topics/<key:pk>/remove/", topic_views.remove, name="topic_remove"),
    path("topics/leave/<str:token>/", topic_views.leave, name="topic_leave"),
]
