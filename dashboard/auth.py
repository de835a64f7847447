"""One guard for every route, callback and asset: host name, origin, sign-in; and the headers of every answer."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, Response, redirect, request, session
from werkzeug.wrappers import Response as BaseResponse

from dashboard.texts import t

HEALTH = "/healthz"
SIGN_IN = "/signin"
SIGN_OUT = "/signout"
WARM_UP = "hotline.warm_up"
"""Key of the WSGI environment by which the product's own first request passes: no client can set such a key."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_SAFE = ("GET", "HEAD", "OPTIONS")
_SESSION_KEY = "signed_in"


@dataclass(frozen=True)
class Access:
    """Who may ask. ``password`` '' means nobody has to sign in; it may be given as an argon2 hash."""

    password: str = field(repr=False)
    secret_key: str = field(repr=False)
    allowed_hosts: Sequence[str] = ()

    @property
    def needs_sign_in(self) -> bool:
        """True where a password is set."""
        return bool(self.password)

    @property
    def mark(self) -> str:
        """What a session holds once signed in: another password makes all sessions void."""
        return hmac.new(self.secret_key.encode(), self.password.encode(), hashlib.sha256).hexdigest()[:32]

    def accepts(self, password: str) -> bool:
        """True for the right password. Takes the same time for every wrong one."""
        stored = self.password if self.password.startswith("$argon2") else _HASHER.hash(self.password)
        try:
            return _HASHER.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def host_is_known(self, host: str) -> bool:
        """Keeps out foreign names that were made to point here (DNS rebinding). An address is no name.

        Without a list of names any name will do once a password protects the pages: its cookie is bound to the name.
        """
        name = host_name(host)
        if name == "localhost" or _is_address(name):
            return True
        if self.allowed_hosts:
            return name in self.allowed_hosts
        return self.needs_sign_in


def host_name(host: str) -> str:
    """The name in “name:port”, in lower case, without the brackets of an IPv6 address."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def signed_in(access: Access) -> bool:
    """True where the asker of the current request need not (or no longer) sign in."""
    return not access.needs_sign_in or hmac.compare_digest(str(session.get(_SESSION_KEY, "")), access.mark)


def sign_in(access: Access) -> None:
    """Signs the current session in, for as long as its cookie lives."""
    session.clear()
    session.permanent = True
    session[_SESSION_KEY] = access.mark


def install(server: Flask, access: Access, policy: Callable[[], str]) -> None:
    """Puts the guard before everything and the headers on everything. ``policy`` gives the CSP."""
    server.secret_key = access.secret_key
    server.config.update(
        SESSION_COOKIE_NAME="hotline",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=90 * 86_400,
    )
    server.before_request(lambda: guard(access))

    def finish(response: Response) -> Response:
        return with_headers(response, policy())

    server.after_request(finish)


def guard(access: Access) -> BaseResponse | None:
    """None lets the request pass; else the answer that turns it away."""
    if request.environ.get(WARM_UP):
        return None
    host = request.environ.get("HTTP_HOST", "")
    if not access.host_is_known(host):
        return _refuse(t("guard.host", host=host_name(host)[:80] or "?"), 421)
    if request.method not in _SAFE and not _same_origin(access, host):
        return _refuse(t("guard.origin"), 403)
    if request.path in (SIGN_IN, HEALTH) or signed_in(access):
        return None
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        back = quote(request.full_path.rstrip("?"), safe="/")
        return redirect(f"{SIGN_IN}?next={back}")
    return _refuse(t("guard.sign_in"), 401)


def _same_origin(access: Access, host: str) -> bool:
    """A browser names the page a POST comes from; a program that is no browser carries no one's cookie."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
    try:
        asked_from = urlsplit(origin)
        name = (asked_from.hostname or "").lower()
    except ValueError:
        return False
    return asked_from.netloc.lower() == host.lower() or name in access.allowed_hosts


def _refuse(text: str, status: int) -> Response:
    return Response(text, status=status, mimetype="text/plain")


def content_policy(script_hashes: Sequence[str]) -> str:
    """The Content-Security-Policy: nothing from other hosts, no inline script but the renderer's own."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(script_hashes)}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def with_headers(response: Response, policy: str) -> Response:
    """The security headers of every answer; answers that name no lifetime of their own are asked for anew."""
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if not response.cache_control.max_age:
        response.headers["Cache-Control"] = "private, no-cache"
    return response
