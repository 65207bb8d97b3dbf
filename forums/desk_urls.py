"""Addresses of the review desk."""

from django.urls import path

from forums import desk_views, desk_work_views
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("desk/proposals/", desk_views.queue, name="desk"),
    path("desk/proposals/candidates/", desk_views.candidates, name="desk_candidates"),
    path("desk/proposals/sheet.xlsx", desk_work_views.sheet, name="desk_sheet"),
    path("desk/proposals/<key:pk>/", desk_views.review, name="desk_proposal"),
    path("desk/proposals/<key:pk>/transfer/", desk_views.transfer, name="desk_transfer"),
    path("desk/proposals/<key:pk>/reviews/<key:review>/withdraw/", desk_views.withdraw, name="desk_withdraw"),
    path("desk/proposals/<key:pk>/merge/", desk_work_views.merge, name="desk_merge"),
    path("desk/proposals/<key:pk>/split/", desk_work_views.split, name="desk_split"),
    path("desk/proposals/<key:pk>/kin/<key:kinship>/undo/", desk_work_views.undo, name="desk_undo"),
    path("desk/proposals/<key:pk>/field-check/", desk_work_views.field_check, name="desk_field_check"),
    path("desk/proposals/<key:pk>/field-check/<key:check>/", desk_work_views.field_check, name="desk_field_check_edit"),
    path("desk/proposals/<key:pk>/project/", desk_work_views.project, name="desk_project"),
    path("proposals/<key:pk>/field-check/<key:photo>.jpg", desk_views.photo, name="desk_photo"),
]
