"""Addresses of the stories."""

from django.urls import path

from forums import story_feed, story_views
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("stories/", story_views.stories, name="stories"),
    path("stories/feed/", story_feed.stories_feed, name="stories_feed"),
    path("stories/<key:pk>/", story_views.story, name="story"),
    path("stories/<key:pk>/pictures/<key:picture>.jpg", story_views.picture, name="story_picture"),
]
