"""`rarml reference fetch` as typed, against an https server on loopback."""

import hashlib
import importlib.util
import sys
from pathlib import Path

import pytest

from rarml.cli.app import main
from rarml.reference.fetch_sources import SOURCES, Source

_spec = importlib.util.spec_from_file_location("loopback", Path(__file__).parents[1] / "reference" / "loopback.py")
loopback = importlib.util.module_from_spec(_spec)
sys.modules["loopback"] = loopback
_spec.loader.exec_module(loopback)

CONTENT = hashlib.shake_256(b"genome").digest(100_000)


@pytest.fixture
def site(tmp_path, monkeypatch):
    pem = loopback.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with loopback.serve(pem) as running:
        running.files["/genome.fa.gz"] = CONTENT
        running.files["/MD5SUMS"] = f"{hashlib.md5(CONTENT).hexdigest()}  genome.fa.gz\n".encode()
        for name, assembly in (("genome", "GRCh38"), ("other", "GRCz11")):
            urls = (running.address + "/genome.fa.gz", running.address + "/MD5SUMS")
            monkeypatch.setitem(SOURCES, name, Source(name, "a genome", *urls, "genome", "free", assembly))
        monkeypatch.chdir(tmp_path)
        yield running


def run(capsys, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["rarml", "reference", "fetch", *arguments])
    status = 0
    try:
        main()
    except SystemExit as stop:
        status = stop.code
    said = capsys.readouterr()
    return status, said.out + said.err


def test_a_file_is_fetched_and_the_next_command_said(site, capsys, monkeypatch):
    status, said = run(capsys, monkeypatch, "genome", "--out", "data")
    assert status == 0
    assert Path("data/genome.fa.gz").read_bytes() == CONTENT
    assert f"  genome: {Path('data/genome.fa.gz').absolute()}" in said.splitlines()
    assert "rarml reference build" in said


def test_an_assembly_that_cannot_be_built_is_said(site, capsys, monkeypatch):
    status, said = run(capsys, monkeypatch, "other", "--out", "data")
    assert status == 0
    assert "does not know GRCz11" in said
    assert "Then: rarml" not in said


def test_a_dry_run_touches_nothing(site, capsys, monkeypatch):
    status, said = run(capsys, monkeypatch, "genome", "ENCFF123ABC", "--out", "data", "--dry-run")
    assert status == 0
    assert site.address + "/genome.fa.gz" in said
    assert "https://www.encodeproject.org/files/ENCFF123ABC/" in said
    assert site.log == []
    assert not Path("data").exists()


def test_a_wrong_sum_is_one_line_and_status_2(site, capsys, monkeypatch):
    site.files["/genome.fa.gz"] = b"other"
    status, said = run(capsys, monkeypatch, "genome", "--out", "data")
    assert status == 2
    assert "has MD5" in said
    assert "Traceback" not in said
    assert not list(Path("data").glob("genome*"))


@pytest.mark.parametrize("arguments", [[], ["--list"]])
def test_the_list(site, capsys, monkeypatch, arguments):
    status, said = run(capsys, monkeypatch, *arguments)
    assert status == 0
    assert all(source.url in said for source in SOURCES.values())
    assert site.log == []


def test_an_unknown_name(site, capsys, monkeypatch):
    status, said = run(capsys, monkeypatch, "grch83")
    assert status == 2
    assert "grch38" in said
