"""What every template knows."""

from django.conf import settings


def site(request):
    """The site's switches for the base template."""
    return {"OFFICIAL_MASTHEAD": settings.OFFICIAL_MASTHEAD, "SITE_URL": settings.SITE_URL}
