"""Fetching over real https from a server on loopback: drops, lies, other versions, what is kept."""

import hashlib
import importlib.util
import json
import sys
from pathlib import Path

import pytest

from rarml.core.errors import InputError, Stopped
from rarml.reference import fetch_sources
from rarml.reference.fetch_file import fetch_file
from rarml.reference.fetch_transport import Transport
from rarml.workflows import fetch as workflow

_spec = importlib.util.spec_from_file_location("loopback", Path(__file__).with_name("loopback.py"))
loopback = importlib.util.module_from_spec(_spec)
sys.modules["loopback"] = loopback
_spec.loader.exec_module(loopback)

CONTENT, FILE, MD5 = loopback.CONTENT, loopback.FILE, loopback.MD5
bring, source_at, pem, site = loopback.bring, loopback.source_at, loopback.pem, loopback.site


def broken_off(site, out):
    """A run that is given up after 400,000 bytes."""
    site.drop_after = [400_000] + [0] * 6
    with pytest.raises(InputError, match=r"broke off.*400,000 bytes are kept; the same command goes on") as fault:
        bring(out)
    site.drop_after = []
    return fault.value


def test_a_file_comes_whole_with_a_record_and_is_not_fetched_again(site, tmp_path):
    found, waits = bring(tmp_path / "data")
    assert found.path.read_bytes() == CONTENT
    assert (found.sha256, found.size, waits) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), [])
    record = json.loads((tmp_path / "data" / "fetched.json").read_text())["genome.fa.gz"]
    assert record["sha256"] == found.sha256
    assert record["url"] == site.address + FILE
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == ["fetched.json", "genome.fa.gz"]
    again, _ = bring(tmp_path / "data")
    assert again.received == 0
    assert site.sent(FILE) == len(CONTENT)


@pytest.mark.parametrize("drops", [[100_000], [300_000, 10, 1], [0, 0, 999_999]])
def test_drops_are_gone_on_with_where_they_broke_off(site, tmp_path, drops):
    site.drop_after = [*drops, None]
    found, waits = bring(tmp_path)
    assert found.path.read_bytes() == CONTENT
    assert site.sent(FILE) == len(CONTENT)  # no byte came twice
    assert len(waits) == len(drops)


def test_a_line_that_keeps_dropping_is_given_up_and_a_later_run_goes_on(site, tmp_path):
    assert broken_off(site, tmp_path).exit_status == 2
    assert not (tmp_path / "genome.fa.gz").exists()
    before = site.sent(FILE)
    found, _ = bring(tmp_path)
    assert found.path.read_bytes() == CONTENT
    assert site.sent(FILE) - before == len(CONTENT) - 400_000


def test_another_version_on_the_server_begins_anew(site, tmp_path):
    broken_off(site, tmp_path)
    newer = CONTENT[::-1]
    site.files[FILE] = newer
    site.files["/MD5SUMS"] = f"{hashlib.md5(newer).hexdigest()}  genome.fa.gz\n".encode()
    found, _ = bring(tmp_path)
    assert found.path.read_bytes() == newer


@pytest.mark.parametrize("how", ["no ranges", "no mark"])
def test_a_server_that_cannot_go_on_begins_anew(site, tmp_path, how):
    site.ranges = how != "no ranges"
    site.marks = {FILE: ""} if how == "no mark" else {}
    site.drop_after = [400_000, None]
    found, _ = bring(tmp_path)
    assert found.path.read_bytes() == CONTENT
    assert site.sent(FILE) == len(CONTENT) + 400_000


def test_a_kept_part_longer_than_the_file_begins_anew(site, tmp_path):
    broken_off(site, tmp_path)
    with (tmp_path / "genome.fa.gz.part").open("ab") as part:
        part.write(bytes(len(CONTENT)))
    found, _ = bring(tmp_path)
    assert found.path.read_bytes() == CONTENT


def test_a_wrong_sum_is_said_and_the_file_removed(site, tmp_path):
    site.files[FILE] = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    with pytest.raises(InputError, match=r"it was removed.*|has MD5 .* published is MD5 "):
        bring(tmp_path)
    assert not list(tmp_path.glob("genome*"))


def test_a_damaged_part_is_found_by_the_sum(site, tmp_path):
    broken_off(site, tmp_path)
    part = tmp_path / "genome.fa.gz.part"
    part.write_bytes(bytes([part.read_bytes()[0] ^ 1]) + part.read_bytes()[1:])
    with pytest.raises(InputError, match="has MD5"):
        bring(tmp_path)
    assert bring(tmp_path)[0].path.read_bytes() == CONTENT


def test_a_body_shorter_than_stated_is_a_drop(site, tmp_path):
    site.length_lie = 10
    with pytest.raises(InputError, match="cannot be fetched: "):
        bring(tmp_path)
    assert not (tmp_path / "genome.fa.gz").exists()


def test_a_body_longer_than_stated_is_cut_and_judged_by_its_sum(site, tmp_path):
    site.length_lie = -10
    with pytest.raises(InputError, match="has MD5"):
        bring(tmp_path)


def test_a_body_without_end_stops_at_the_published_size(site, tmp_path):
    site.endless = True
    with pytest.raises(InputError, match="more than the 1,000,000 bytes"):
        fetch_file(site.address + FILE, tmp_path / "x", MD5, Transport(), size=len(CONTENT), wait=lambda _: None)
    assert not list(tmp_path.glob("x.part"))
    assert site.sent(FILE) < 20_000_000


def test_a_size_that_differs_from_the_published_one(site, tmp_path):
    with pytest.raises(InputError, match="has 1,000,000 bytes, published are 999"):
        fetch_file(site.address + FILE, tmp_path / "x", MD5, Transport(), size=999, wait=lambda _: None)
    assert not (tmp_path / "x").exists()


def test_a_busy_server_is_waited_for_and_a_missing_file_is_not(site, tmp_path):
    site.statuses = {FILE: [503, 500, 429], "/MD5SUMS": [502]}
    found, waits = bring(tmp_path)
    assert found.path.read_bytes() == CONTENT
    assert len(waits) == 4
    del site.files[FILE]
    with pytest.raises(InputError, match=r"answers 404"):
        bring(tmp_path / "other")
    assert sum(path == FILE for path, *_ in site.log) == 5


def test_a_server_that_says_nothing_is_a_drop(site, tmp_path):
    site.stall = 5
    with pytest.raises(InputError, match="timed out"):
        bring(tmp_path, transport=Transport(timeout=0.2))


def test_another_file_of_that_name_is_left_alone(site, tmp_path):
    (tmp_path / "genome.fa.gz").write_bytes(b"mine")
    with pytest.raises(InputError, match="is there already, and is not what the provider publishes"):
        bring(tmp_path)
    assert (tmp_path / "genome.fa.gz").read_bytes() == b"mine"


def test_too_small_a_disk_is_said_before_a_byte_is_written(site, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Free", (), {"free": 1000}))
    with pytest.raises(InputError, match=r"needs 0.0 GB, 0.0 GB are free.*larger disk"):
        bring(tmp_path)
    assert not list(tmp_path.glob("genome*"))


def test_a_list_of_sums_of_absurd_size_is_not_read(site, tmp_path, monkeypatch):
    monkeypatch.setattr(workflow, "_MOST_SUMS", 50)
    with pytest.raises(InputError, match="larger than 50 bytes"):
        bring(tmp_path)


HREF = "/files/ENCFF123ABC/@@download/ENCFF123ABC.bed.gz"


def record(**changes):
    facts = {"href": HREF, "md5sum": MD5, "file_size": len(CONTENT), "status": "released", "assembly": "GRCh38"}
    return json.dumps({**facts, **changes})


def test_a_track_of_encode(site, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch_sources, "ENCODE", site.address)
    site.files["/files/ENCFF123ABC/?format=json"] = record().encode()
    site.redirects = {HREF: "/store/abc"}
    site.files["/store/abc"] = CONTENT
    result = workflow.fetch(["encff123abc"], tmp_path)
    assert result.files["ENCFF123ABC"].path == tmp_path / "ENCFF123ABC.bed.gz"
    assert (tmp_path / "ENCFF123ABC.bed.gz").read_bytes() == CONTENT


def test_a_server_that_sends_the_same_bytes_again_and_again_is_given_up(site, tmp_path):
    site.ranges = False
    site.drop_after = [400_000] * 50
    with pytest.raises(InputError, match="broke off after 400,000"):
        bring(tmp_path)
    assert sum(path == FILE for path, *_ in site.log) <= 8


def test_an_interrupt_keeps_what_has_come(site, tmp_path):
    site.drop_after = [400_000, None]

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(Stopped, match="kept, and the same command goes on") as stop:
        workflow.fetch(["genome"], tmp_path, wait=interrupt)
    assert stop.value.exit_status == 130
    assert (tmp_path / "genome.fa.gz.part").stat().st_size == 400_000
    assert bring(tmp_path)[0].received == len(CONTENT) - 400_000


@pytest.mark.parametrize("mark", ['W/"weak"', '"a\x01b"', '"' + "x" * 5000 + '"'])
def test_a_mark_that_cannot_be_used_is_not_sent_back(site, tmp_path, mark):
    site.marks = {FILE: mark}
    site.drop_after = [400_000, None]
    assert bring(tmp_path)[0].path.read_bytes() == CONTENT
    assert site.sent(FILE) == len(CONTENT) + 400_000


def test_a_list_of_sums_answered_with_416_is_no_crash(site, tmp_path):
    site.statuses = {"/MD5SUMS": [416]}
    with pytest.raises(InputError, match="answers 416"):
        bring(tmp_path)
