"""Address of the printed funnel."""

from django.urls import path

from forums import pages
from geumcheon.lib import converters
from projects.views import latest

converters.register()

urlpatterns = [
    path("proposals/funnel/", latest, {"name": "proposal_funnel"}, name="proposal_funnel_latest"),
    path("proposals/<year:year>/funnel/", pages.funnel, name="proposal_funnel"),
]
