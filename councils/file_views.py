"""A meeting's files, each opened by its own right."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from councils.log_files import check_kept
from councils.meeting_rules import person_of, sits_in_meeting
from councils.models import FileKind, FileRead, MeetingFile
from geumcheon.lib import clock, uploads


@require_safe
def meeting_file(request, year, no, pk):
    """One file: public ones of a published record for everybody, the rest for the members of its bodies; else 404."""
    file = get_object_or_404(MeetingFile.objects.select_related("meeting"), pk=pk, meeting__year=year, meeting__no=no)
    if not check_kept(request.user, file):
        raise Http404
    if request.user.is_authenticated and sits_in_meeting(request.user, file.meeting):
        FileRead.objects.get_or_create(file=file, person=person_of(request.user), defaults={"read_at": clock.now()})
    photo = file.kind == FileKind.PHOTO
    extension = file.file.name.rsplit(".", 1)[-1]
    name = file.title if file.title.lower().endswith(f".{extension}") else f"{file.title}.{extension}"
    response = uploads.serve(file.file, name=name, content_type=file.content_type, inline=photo)
    if not (file.public and file.meeting.state == "published"):
        response["Cache-Control"] = "private, no-store"
    return response
