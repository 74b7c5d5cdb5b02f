"""An https server on loopback that misbehaves as it is told."""

from __future__ import annotations

import hashlib
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rarml.reference.fetch_sources import SOURCES, Source
from rarml.workflows import fetch as workflow


@dataclass
class Site:
    """What the server holds and how it behaves; `log` is (path, first byte asked for, bytes sent) per request."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, list[int]] = field(default_factory=dict)  # answered with first, one per request
    drop_after: list[int | None] = field(
        default_factory=list
    )  # per request of a file: bytes sent before the line drops
    ranges: bool = True
    length_lie: int = 0
    endless: bool = False
    stall: float = 0.0
    marks: dict[str, str] = field(default_factory=dict)
    log: list[tuple[str, int, int]] = field(default_factory=list)

    def sent(self, path: str) -> int:
        """Bytes sent of one path."""
        return sum(count for name, _, count in self.log if name == path)


def certificate(folder: Path) -> Path:
    """A certificate with its key that holds for localhost alone, made anew."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program to make a certificate")
    both, key = folder / "loopback.pem", folder / "key.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", both]
    subprocess.run([*made, *names], check=True, capture_output=True)
    both.write_bytes(both.read_bytes() + key.read_bytes())
    return both


@contextmanager
def serve(pem: Path, *, secure: bool = True) -> Iterator[Site]:
    """A running server; its certificate is in `pem`."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            site.log.append((self.path, -1, 0))
            waiting = site.statuses.get(self.path, [])
            if waiting:
                self._plain(waiting.pop(0))
            elif self.path in site.redirects:
                self._plain(302, {"Location": site.redirects[self.path]})
            elif self.path in site.files:
                self._file(site.files[self.path])
            else:
                self._plain(404)

        def _plain(self, status, headers=None):
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _file(self, content):
            mark = site.marks.get(self.path, f'"{hashlib.sha256(content).hexdigest()[:16]}"')
            begin = 0
            wanted = self.headers.get("Range", "")
            if site.ranges and wanted and self.headers.get("If-Range") == mark:
                begin = int(wanted.removeprefix("bytes=").rstrip("-"))
                if begin >= len(content):
                    self._plain(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
            else:
                self.send_response(200)
            body = content[begin:]
            honest = self.path.endswith("SUMS")
            if mark:
                self.send_header("ETag", mark)
            self.close_connection = True
            if site.endless and not honest:
                body = body + bytes(50_000_000)
            else:
                self.send_header("Content-Length", str(len(body) + (0 if honest else site.length_lie)))
            self.end_headers()
            stop = site.drop_after.pop(0) if site.drop_after and not honest else None
            body = body if stop is None else body[:stop]
            site.log[-1] = (self.path, begin, 0)
            try:
                for at in range(0, len(body), 1 << 16):
                    if site.stall and not honest:
                        time.sleep(site.stall)
                    self.wfile.write(body[at : at + (1 << 16)])
                    site.log[-1] = (self.path, begin, min(len(body), at + (1 << 16)))
            except OSError:
                pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.address = f"{'https' if secure else 'http'}://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


CONTENT = hashlib.shake_256(b"genome").digest(1_000_000)
MD5 = hashlib.md5(CONTENT).hexdigest()
FILE = "/genome.fa.gz"


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("certificate"))


def source_at(address, path=FILE):
    return Source("genome", "a genome", address + path, address + "/MD5SUMS", "genome", "free")


@pytest.fixture
def site(pem, monkeypatch):
    """A server with one genome and its published sum; the machine trusts its certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serve(pem) as running:
        running.files[FILE] = CONTENT
        running.files["/MD5SUMS"] = f"{MD5}  genome.fa.gz\n{'0' * 32}  other\n".encode()
        monkeypatch.setitem(SOURCES, "genome", source_at(running.address))
        yield running


def bring(out, **options):
    waits = []
    result = workflow.fetch(["genome"], out, wait=waits.append, **options)
    return result.files["genome"], waits
