"""Addresses of the proposal pages."""

from django.urls import path

from councils import draft_views
from forums import proposal_views, proposing_views
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("proposals/", proposal_views.proposals, name="proposals"),
    path("proposals/similar/", proposal_views.similar, name="proposals_similar"),
    path("proposals/calls/<key:pk>/", proposal_views.call, name="call"),
    path("proposals/calls/<key:pk>/new/", proposing_views.new, name="propose"),
    path(
        "proposals/drafts/<slug:key>/",
        draft_views.draft,
        {"check": proposing_views.check_key},
        name="proposal_autosave",
    ),
    path("proposals/<key:pk>/", proposal_views.proposal, name="proposal"),
    path("proposals/<key:pk>/photos/<key:photo>.jpg", proposal_views.photo, name="proposal_photo"),
    path("proposals/<key:pk>/endorse/", proposal_views.endorse, name="proposal_endorse"),
    path("proposals/<key:pk>/follow/", proposal_views.follow, name="proposal_follow"),
    path("proposals/<key:pk>/edit/", proposing_views.edit, name="proposal_edit"),
    path("proposals/<key:pk>/preview/", proposing_views.preview, name="proposal_preview"),
    path("proposals/<key:pk>/discard/", proposing_views.discard, name="proposal_discard"),
    path("proposals/<key:pk>/withdraw/", proposing_views.withdraw, name="proposal_withdraw"),
]
