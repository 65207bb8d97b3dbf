"""Every address of the forums room."""

from django.urls import include, path

urlpatterns = [
    path("", include("forums.funnel_urls")),
    path("", include("forums.proposal_urls")),
    path("", include("forums.comment_urls")),
    path("", include("forums.desk_urls")),
    path("", include("forums.event_urls")),
    path("", include("forums.survey_urls")),
    path("", include("forums.story_urls")),
    path("", include("forums.topic_urls")),
]
