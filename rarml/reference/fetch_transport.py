"""The only module that opens a connection: https, certificates checked, redirects to https only, proxies as set.

`urllib` of the standard library does all that is asked here (proxies from the environment, ranges, certificates of the
system or of SSL_CERT_FILE); another dependency would be one more thing to keep safe for one command.
"""

from __future__ import annotations

import http.client
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from typing import IO, Any
from urllib.parse import urlsplit

from rarml import __version__
from rarml.core.errors import InputError

TIMEOUT = 60.0
"""Seconds without a byte after which a server counts as gone."""
MOST_REDIRECTS = 5
_PASSING = (408, 425, 429, 500, 502, 503, 504)


class Dropped(Exception):
    """The connection failed in a way that may pass: try again."""


class NoSuchRange(Dropped):
    """What was kept is no beginning of what the server has now."""


class Answer:
    """The answer to a GET: `status`, one header at a time, and the body in blocks; its faults are `Dropped`."""

    def __init__(self, response: http.client.HTTPResponse):
        self._response = response
        self.status = response.status

    def header(self, name: str) -> str:
        """A header's value where it is short printable ASCII, else nothing."""
        value = self._response.headers.get(name, "")
        return value if len(value) <= 200 and value.isascii() and value.isprintable() else ""

    def read(self, most: int) -> bytes:
        """The next bytes of the body, at most `most`; none at its end."""
        try:
            return self._response.read(most)
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise Dropped(str(error) or type(error).__name__) from error


class Transport:
    """Opens addresses.

    Parameters
    ----------
    timeout : float
        Seconds without a byte until a connection counts as dropped.
    """

    def __init__(self, timeout: float = TIMEOUT):
        self.timeout = timeout
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),  # HTTPS_PROXY, NO_PROXY and the system's settings
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.UnknownHandler(),
            _HttpsRedirects(),
        ):
            self._opener.add_handler(handler)

    @contextmanager
    def open(self, url: str, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """The answer to a GET.

        Raises
        ------
        InputError
            If the address is not https, is not there, or its certificate is not trusted.
        Dropped
            If the server cannot be reached, breaks off or says that it is busy.
        """
        require_https(url)
        # a packed body would not match the published size and checksum
        own = {"User-Agent": f"rarml/{__version__}", "Accept-Encoding": "identity", **(headers or {})}
        try:
            response = self._opener.open(urllib.request.Request(url, headers=own), timeout=self.timeout)
        except urllib.error.HTTPError as error:
            if error.code in _PASSING:
                raise Dropped(f"the server answers {error.code} {error.reason}") from error
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and "Range" in own:
                raise NoSuchRange(f"the server answers {error.code}") from error
            if 300 <= error.code < 400:
                what = f"sends on in a circle, or more than {MOST_REDIRECTS} times"
                raise InputError(what, where=url, fix="try later") from error
            fix = "a login is needed there" if error.code in (401, 403, 407) else "has the provider moved it?"
            raise InputError(f"the server answers {error.code} {error.reason}", where=url, fix=fix) from error
        except ssl.SSLCertVerificationError as error:
            raise _untrusted(url, error) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise _untrusted(url, error.reason) from error
            raise Dropped(str(error.reason)) from error
        except (http.client.HTTPException, OSError) as error:
            raise Dropped(str(error) or type(error).__name__) from error
        except ValueError as error:  # an address that a redirect made up
            raise InputError(f"the server's answer makes no sense: {error}", where=url, fix="try later") from error
        with response:
            yield Answer(response)

    def text(self, url: str, *, most: int, headers: Mapping[str, str] | None = None) -> str:
        """A small text, at most `most` bytes.

        Raises
        ------
        InputError
            Also if it is larger, or no text.
        """
        content = b""
        with self.open(url, headers) as answer:
            while len(content) <= most and (block := answer.read(most + 1 - len(content))):
                content += block
            length = answer.header("Content-Length")
        if len(content) > most:
            raise InputError(f"is larger than {most:,} bytes", where=url, fix="that is no list of checksums")
        if re.fullmatch("[0-9]{1,12}", length) and len(content) < int(length):
            raise Dropped(f"broke off after {len(content):,} of {int(length):,} bytes")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError("is no text", where=url, fix="has the provider moved it?") from error


class _HttpsRedirects(urllib.request.HTTPRedirectHandler):
    max_redirections = MOST_REDIRECTS
    max_repeats = MOST_REDIRECTS

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        require_https(newurl, sent_from=req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        # the library refuses other schemes than http, https and ftp by itself, with an error of another kind
        target = headers.get("location") or headers.get("uri") or ""
        if urlsplit(target).scheme:
            require_https(target, sent_from=req.full_url)
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def require_https(url: str, *, sent_from: str | None = None) -> None:
    """Refuse an address that is not https."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if sent_from is not None:
        what = f"sends on to {url[:200]}, which is not https"
        raise InputError(what, where=sent_from, fix="nothing is taken from there: tell the provider")
    raise InputError("is no https address", where=url[:200], fix="only https is used")


def _untrusted(url: str, error: ssl.SSLCertVerificationError) -> InputError:
    fix = "check the clock and your network; name the certificate of a proxy that inspects traffic in SSL_CERT_FILE"
    return InputError(f"the server's certificate is not trusted: {error.verify_message}", where=url, fix=fix)
