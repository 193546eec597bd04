"""Single sign-on as the environment sets it up, what is wrong with that, and how allauth is told. No requests here."""

from dataclasses import dataclass
from typing import Any

from environs import Env

PROVIDER = "practice"
"""How allauth knows the one service that there can be. Nobody reads it."""


@dataclass(frozen=True)
class SingleSignOnSettings:
    """The practice's own sign-in service, where there is one.

    ``claim`` names the claim that is compared with the name people sign in with here. It links an account only where
    ``link_at_first_sign_in`` is set: a name can be changed at some services, so it is not believed unless told to.
    """

    server_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    name: str = ""
    claim: str = "preferred_username"
    link_at_first_sign_in: bool = False
    counts_as_second_factor: bool = False
    acr_values: tuple[str, ...] = ()

    @property
    def is_set_up(self) -> bool:
        """Say whether there is a service to sign in with."""
        return bool(self.server_url)


def from_environment(env: Env) -> SingleSignOnSettings:
    """Read the settings whose names begin with OIDC."""
    return SingleSignOnSettings(
        server_url=env.str("OIDC_SERVER_URL", "").rstrip("/"),
        client_id=env.str("OIDC_CLIENT_ID", ""),
        client_secret=env.str("OIDC_CLIENT_SECRET", ""),
        name=env.str("OIDC_NAME", "") or "the practice's account",
        claim=env.str("OIDC_CLAIM", "preferred_username"),
        link_at_first_sign_in=env.bool("OIDC_LINK_AT_FIRST_SIGN_IN", False),
        counts_as_second_factor=env.bool("OIDC_COUNTS_AS_SECOND_FACTOR", False),
        acr_values=tuple(filter(None, env.str("OIDC_SECOND_FACTOR_ACR", "").split(","))),
    )


def problems(found: SingleSignOnSettings, *, production: bool) -> list[str]:
    """Return what is wrong with the settings, each with its cure."""
    parts = {
        "OIDC_SERVER_URL": found.server_url,
        "OIDC_CLIENT_ID": found.client_id,
        "OIDC_CLIENT_SECRET": found.client_secret,
    }
    missing = [name for name, value in parts.items() if not value]
    if len(missing) == len(parts):
        return []
    said = [f"{name} is not set, and single sign-on needs it. Set it, or none of the three." for name in missing]
    if production and found.server_url and not found.server_url.startswith("https://"):
        said.append("OIDC_SERVER_URL does not begin with https://, so anybody between could sign in as anybody.")
    return said


def providers(found: SingleSignOnSettings) -> dict[str, Any]:
    """Return allauth's SOCIALACCOUNT_PROVIDERS."""
    if not found.is_set_up:
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": found.name,
        "client_id": found.client_id,
        "secret": found.client_secret,
        "settings": {"server_url": found.server_url, "fetch_userinfo": False},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
