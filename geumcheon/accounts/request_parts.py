"""What pages ask of a request: where it comes from, and whether a program filled in the form."""

from allauth.account.adapter import get_adapter

HONEYPOT = "website"  # the field of templates/includes/honeypot.html: people do not see it


def client_ip(request):
    """The visitor's address, trusting as many proxies as the settings say; None when it cannot be told."""
    try:
        return get_adapter().get_client_ip(request) or None
    except Exception:  # allauth refuses a forged header: then nothing is counted by address
        return None


def is_trapped(request):
    """Whether the field that people do not see was filled in."""
    return bool(request.POST.get(HONEYPOT))
