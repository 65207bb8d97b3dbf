"""Which pages there are to look at: taken from the table of addresses (tests/roles.py), so that a new page is never left out."""

from django.conf import settings

from tests.roles import ROLES, URLS
from tests.test_roles import address, addresses

# Other rows and other states of pages the table asks once. Lists filtered by nonsense show their errors.
MORE = [
    "/meetings/?year=2019&kind=x&q=워크숍", "/meetings/2019/16/", "/meetings/2019/16/print/",
    "/meetings/statistics/?year=2019&body=x", "/projects/2021/?amount=10m-50m&sort=name", "/projects/2021/8/",
    "/projects/2021/11/", "/projects/2021/17/", "/projects/2021/8/print/", "/results/2021/?project=1",
    "/budget/2021/lines/?project=1&item=x", "/budget/2021/1/6/", "/budget/2021/15/1/", "/notices/?kind=vote&dong=x",
    "/search/?q=안양천에서놀자", "/search/?q=회의", "/search/?q=없는말없는말", "/dongs/독산3동/",
    "/proposals/?q=안양천", "/reconciliation/2021/?status=differs", "/없는-주소/",
]  # fmt: skip
MAIN_LISTS = [
    "/admin/councils/membership/", "/admin/councils/meeting/", "/admin/councils/notice/", "/admin/councils/recruitment/",
    "/admin/forums/call/", "/admin/forums/event/", "/admin/forums/proposal/", "/admin/forums/story/", "/admin/projects/finding/",
    "/admin/projects/indicator/", "/admin/projects/project/", "/admin/budgets/budgetline/", "/admin/voting/round/",
]  # fmt: skip
# Answers that are a page of their own though not 200: an address that is gone, a provider that failed, nothing there.
SHOWN = {200, 401, 404, 410}


def everybodys(client):
    """Paths of the pages a visitor sees, those of the table first; of those not found, one."""
    found = [address(name, arguments) for name, arguments in addresses().items() if URLS[name][0] in SHOWN - {404}]
    return [path for path in [*found, *MORE] if is_page(client.get(path))]


def signed_in(client_as):
    """{role: paths} of the pages outside the admin that only who is signed in can open, each under the first role that may."""
    clients, found = {}, {}
    for name, arguments in addresses().items():
        statuses = URLS[name]
        if statuses[0] in SHOWN or name.startswith("admin:") or 200 not in statuses:
            continue
        role = ROLES[statuses.index(200)]
        client = clients.setdefault(role, client_as(role))
        path = address(name, arguments)
        if is_page(client.get(path)):
            found.setdefault(role, []).append(path)
    return found


def in_admin(client):
    """Paths of the admin's pages of our own (boards, previews, sheets) as the secretariat sees them, and the lists of the main tables."""
    names = [n for n in addresses() if n.startswith("admin:") and URLS[n][ROLES.index("secretariat")] == 200]
    found = [address(name, addresses()[name]) for name in names]
    return [path for path in [*found, *MAIN_LISTS] if is_page(client.get(path))]


def is_page(response):
    """Whether an answer is a whole HTML page: no file, no feed, no fragment."""
    return (
        response.status_code in SHOWN
        and response["Content-Type"].startswith("text/html")
        and not response.streaming
        and b"<html" in response.content
    )


def cookies(client_as, base):
    """{role: the browser's cookie of its session}."""
    name = settings.SESSION_COOKIE_NAME
    return {role: {"name": name, "value": client_as(role).cookies[name].value, "url": base} for role in ROLES if role}
