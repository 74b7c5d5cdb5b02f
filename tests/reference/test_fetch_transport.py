"""Connections: redirects, certificates, proxies, and that nothing else in rarml opens one."""

import ast
import importlib.util
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import rarml
from rarml.core.errors import InputError
from rarml.reference.fetch_sources import SOURCES

_spec = importlib.util.spec_from_file_location("loopback", Path(__file__).with_name("loopback.py"))
loopback = importlib.util.module_from_spec(_spec)
sys.modules["loopback"] = loopback
_spec.loader.exec_module(loopback)

CONTENT, FILE, MD5 = loopback.CONTENT, loopback.FILE, loopback.MD5
bring, source_at, pem, site = loopback.bring, loopback.source_at, loopback.pem, loopback.site


def test_redirects_to_https_are_followed(site, tmp_path, monkeypatch):
    site.redirects = {"/moved": site.address + FILE}
    monkeypatch.setitem(SOURCES, "genome", source_at(site.address, "/moved"))
    site.files["/MD5SUMS"] = f"{MD5}  moved\n".encode()
    found, _ = bring(tmp_path)
    assert found.path == tmp_path / "moved"
    assert found.path.read_bytes() == CONTENT


@pytest.mark.parametrize("target", ["http://localhost:9/x", "file:///etc/passwd", "ftp://localhost/x", "data:,x"])
def test_redirects_to_anything_else_are_refused(site, tmp_path, target):
    site.redirects = {FILE: target}
    with pytest.raises(InputError, match="not https"):
        bring(tmp_path)
    assert not list(tmp_path.glob("genome*"))


def test_a_circle_of_redirects_ends(site, tmp_path):
    site.redirects = {FILE: site.address + FILE}
    with pytest.raises(InputError, match="in a circle"):
        bring(tmp_path)
    assert len(site.log) < 20


def test_an_untrusted_certificate_is_refused_at_once(site, tmp_path, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(InputError, match=r"certificate is not trusted.*SSL_CERT_FILE"):
        bring(tmp_path)


def test_plain_http_is_never_asked(pem, tmp_path, monkeypatch):
    with loopback.serve(pem, secure=False) as plain:
        plain.files[FILE] = CONTENT
        monkeypatch.setitem(SOURCES, "genome", source_at(plain.address))
        with pytest.raises(InputError, match="is no https address"):
            bring(tmp_path)
        assert plain.log == []


def relay(one, other):
    try:
        while block := one.recv(1 << 16):
            other.sendall(block)
    except OSError:
        pass
    finally:
        for end in (one, other):
            end.close()


def test_a_proxy_is_used_where_one_is_set(site, tmp_path, monkeypatch):
    asked = []
    listener = socket.create_server(("127.0.0.1", 0))

    def proxy():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            asked.append(head.split(b"\r\n")[0].decode())
            host, port = asked[-1].split()[1].split(":")
            server = socket.create_connection((host, int(port)))
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for ends in ((client, server), (server, client)):
                threading.Thread(target=relay, args=ends, daemon=True).start()

    threading.Thread(target=proxy, daemon=True).start()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    found, _ = bring(tmp_path)
    listener.close()
    assert found.path.read_bytes() == CONTENT
    assert asked
    assert all(line.startswith(f"CONNECT {site.address.removeprefix('https://')}") for line in asked)


@pytest.mark.parametrize("target", ["https://[x", "https://localhost:99999999/x", "https:///x"])
def test_redirects_that_make_no_sense(site, tmp_path, target):
    site.redirects = {FILE: target}
    with pytest.raises(InputError):
        bring(tmp_path)


def test_only_the_transport_may_open_connections():
    banned = {"urllib.request", "http.client", "http.server", "socket", "ssl", "ftplib", "requests", "httpx", "aiohttp"}
    found = {}
    for file in Path(rarml.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if set(names) & banned:
                found.setdefault(file.name, set()).update(set(names) & banned)
    found.pop("fetch_transport.py")
    assert found.pop("lock.py", set()) <= {"socket"}  # the name of this machine
    assert found == {}


def test_other_commands_do_not_load_it():
    code = (
        "import sys, rarml.workflows.score, rarml.workflows.train, rarml.workflows.reference, rarml.cli.app;"
        "print([name for name in sys.modules if name.startswith('rarml.reference.fetch')])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
