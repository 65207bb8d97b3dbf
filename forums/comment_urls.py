"""Addresses of the comment pages."""

from django.urls import path

from forums import comment_views, moderation_views
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("proposals/<key:pk>/comments/", comment_views.comments, name="proposal_comments"),
    path("proposals/<key:pk>/report/", comment_views.report_proposal, name="proposal_report"),
    path("proposals/stop/<str:token>/", comment_views.stop, name="proposal_stop"),
    path("comments/<key:pk>/", comment_views.comment, name="comment"),
    path("comments/<key:pk>/edit/", comment_views.edit, name="comment_edit"),
    path("comments/<key:pk>/delete/", comment_views.delete, name="comment_delete"),
    path("comments/<key:pk>/endorse/", comment_views.endorse, name="comment_endorse"),
    path("comments/<key:pk>/report/", comment_views.report, name="comment_report"),
    path("desk/comments/", moderation_views.queue, name="comment_desk"),
]
