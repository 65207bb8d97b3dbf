"""The sign-in providers whose keys the environment has; none without."""


def social_providers(*, kakao=("", ""), naver=("", ""), oidc=("", ""), oidc_name="OpenID", oidc_issuer=""):
    """allauth's SOCIALACCOUNT_PROVIDERS of (client id, secret) pairs: each provider only when its client id is set."""
    found = {}
    for name, (client_id, secret) in (("kakao", kakao), ("naver", naver)):
        if client_id:
            found[name] = {"APPS": [{"client_id": client_id, "secret": secret, "key": ""}]}
    if oidc[0]:
        app = {"provider_id": "oidc", "name": oidc_name, "client_id": oidc[0], "secret": oidc[1]}
        found["openid_connect"] = {"APPS": [app | {"settings": {"server_url": oidc_issuer}}]}
    return found
