from django.http import HttpResponse
from django.urls import path

from geumcheon.urls import urlpatterns as portal


def hello(request):
    """The least a view can do, behind the portal's own middleware."""
    return HttpResponse("hello")


urlpatterns = [path("hello", hello), *portal]
