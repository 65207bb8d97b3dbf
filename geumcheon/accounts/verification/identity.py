"""본인확인 through an OpenID Connect provider whose answer carries `ci` (연계정보). Off until the settings name one.

Authorization code flow with state, nonce and PKCE; the signed answer is checked against the provider's keys.
"""

import base64
import hashlib
import secrets
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

TIMEOUT = 10  # seconds
SESSION = "verify_identity"
ALGORITHMS = ["RS256", "ES256", "PS256"]


class IdentityFailed(Exception):
    """The provider did not answer, or its answer does not hold."""


def available():
    return bool(settings.VERIFICATION_PEPPER and settings.IDENTITY_ISSUER and settings.IDENTITY_CLIENT_ID)


def _callback(back):
    return settings.SITE_URL + reverse(back)


def _get(url):
    try:
        answer = requests.get(url, timeout=TIMEOUT, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()
    except (requests.RequestException, ValueError) as error:
        raise IdentityFailed(type(error).__name__) from None


def _metadata():
    found = _get(settings.IDENTITY_ISSUER + "/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != settings.IDENTITY_ISSUER:
        raise IdentityFailed("issuer")
    return found


def begin(back="my:verify_identity_callback"):
    """Where to send the browser, and what its session keeps until it is back. Raises IdentityFailed.

    back: the named address to come back to; the provider knows each.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": settings.IDENTITY_CLIENT_ID,
        "redirect_uri": _callback(back),
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    address = _metadata()["authorization_endpoint"]
    return f"{address}?{urlencode(query)}", {"state": state, "nonce": nonce, "verifier": verifier, "back": back}


def finish(kept, answer):
    """The CI of a provider's answer (`answer`: the query of the callback). Raises IdentityFailed for any that does not hold."""
    if not kept or not constant_time_compare(kept["state"], answer.get("state", "")) or not answer.get("code"):
        raise IdentityFailed("state")
    metadata = _metadata()
    claims = _claims(_id_token(metadata, answer["code"], kept), metadata)
    if not constant_time_compare(str(claims.get("nonce", "")), kept["nonce"]):
        raise IdentityFailed("nonce")
    ci = claims.get("ci")
    if not isinstance(ci, str) or not ci:
        raise IdentityFailed("no ci")
    return ci


def _id_token(metadata, code, kept):
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": _callback(kept["back"]), "code_verifier": kept["verifier"],
    }  # fmt: skip
    login = (settings.IDENTITY_CLIENT_ID, settings.IDENTITY_CLIENT_SECRET)
    try:
        answer = requests.post(metadata["token_endpoint"], data=form, auth=login, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()["id_token"]
    except (requests.RequestException, ValueError, KeyError) as error:
        raise IdentityFailed(type(error).__name__) from None


def _claims(token, metadata):
    try:
        keys = jwt.PyJWKSet.from_dict(_get(metadata["jwks_uri"]))
        kid = jwt.get_unverified_header(token).get("kid")
        key = next(key for key in keys.keys if kid is None or key.key_id == kid)
        return jwt.decode(
            token, key, algorithms=ALGORITHMS, audience=settings.IDENTITY_CLIENT_ID, issuer=metadata["issuer"],
            options={"require": ["exp", "iss", "aud"]}, leeway=30,
        )  # fmt: skip
    except (jwt.PyJWTError, StopIteration, KeyError) as error:
        raise IdentityFailed(type(error).__name__) from None
