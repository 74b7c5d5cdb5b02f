"""The site builds strictly and offline, every link of it leads somewhere, and it works from a folder."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import Browser, find_chromium
from tests.docs.links import broken_links, missing_targets, read_html, remote_loads
from tests.docs.pages import DOCS, REPO

pytest.importorskip("mkdocs", reason="mkdocs is not installed (extra docs)")
CONFIG = REPO / "mkdocs.yml"
pytestmark = pytest.mark.slow


def build(config, site):
    """Run mkdocs as `make docs` does, without a way to the network."""
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment = {**os.environ, **nowhere, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(REPO)}
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--config-file",
        str(config),
        "--site-dir",
        str(site),
    ]
    return subprocess.run(command, env=environment, cwd=config.parent, capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site: once for all processes of one run of the tests."""
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built-site"
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "index.html").is_file():
            done = build(CONFIG, place)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "WARNING" not in done.stderr
    return place


def test_every_link_and_anchor_leads_somewhere(site):
    assert broken_links(site) == []


def test_a_reader_fetches_nothing_from_elsewhere(site):
    assert remote_loads(site) == []


def test_every_page_is_there_and_scripts_are_not(site):
    for page in DOCS.rglob("*.md"):
        if "generate" in page.parts:
            continue
        name = page.relative_to(DOCS).with_suffix(".html")
        built = site / (name.with_name("index.html") if page.name == "README.md" else name)
        assert built.is_file(), page
    assert not list(site.rglob("*.py"))
    assert not (site / "generate").exists()


def test_links_of_pages_hold_in_the_repository_too():
    pages = [*DOCS.rglob("*.md"), *REPO.glob("*.md"), *REPO.glob("models/*.md"), *REPO.glob("experiments/results/*.md")]
    pages = [page for page in pages if "generate" not in page.parts]
    assert [fault for page in pages for fault in missing_targets(page)] == []


def test_public_names_are_described(site):
    import rarml

    anchors = read_html(site / "reference" / "api.html").anchors
    for name in rarml.__all__:
        if not name.startswith("_"):
            assert f"{getattr(rarml, name).__module__}.{name}" in anchors


@pytest.fixture(scope="module")
def browser():
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium is installed")
    one = Browser(program)
    yield one
    one.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_search_finds_pages_without_a_server_and_pages_fit(site, browser, width):
    with browser.open(site / "index.html", width=width) as tab:
        if width < 700:
            tab.click("label.md-header__button[for='__search']")
        tab.fill(".md-search__input", "conforma")
        tab.press("l")  # the theme listens to keys
        found = "document.querySelectorAll('.md-search-result__item').length"
        tab.run(f"new Promise(done => {{ const wait = () => {found} ? done() : setTimeout(wait, 50); wait(); }})")
        assert any("Files and columns" in text for text in tab.texts(".md-search-result__item"))
        assert tab.errors == []
        assert [one for one in tab.requests if not one.startswith("file:")] == []
    for name in ("reference/cli.html", "reference/formats.html", "model-cards/index.html", "robustness.html"):
        with browser.open(site / name, width=width) as tab:
            assert tab.overflow() == 0, name


def small_project(folder: Path, page: str) -> Path:
    (folder / "docs").mkdir(parents=True)
    (folder / "results").mkdir()
    (folder / "docs" / "index.md").write_text(page, encoding="utf-8")
    (folder / "results" / "a.md").write_text(
        "# A\n\n![p](p.svg) [home](../docs/index.md#part) [b](b.md)\n", encoding="utf-8"
    )
    (folder / "results" / "b.md").write_text("# B\n", encoding="utf-8")
    (folder / "results" / "p.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    config = folder / "mkdocs.yml"
    config.write_text(
        "site_name: small\ntheme: {name: material, font: false}\nplugins: []\n"
        f"use_directory_urls: false\nhooks: [{DOCS / 'generate' / 'hook.py'}]\nnot_in_nav: /repository/\n"
        "validation: {anchors: warn}\nnav: [index.md]\n",
        encoding="utf-8",
    )
    return config


def test_files_outside_of_docs_are_brought_in_with_what_they_link_to(tmp_path):
    config = small_project(
        tmp_path / "project", "# Home\n\n## Part\n\n[A](../results/a.md#a) `[no](../results/c.md)`\n"
    )
    done = build(config, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    assert broken_links(tmp_path / "site") == []
    for name in ("a.html", "b.html", "p.svg"):
        assert (tmp_path / "site" / "repository" / "results" / name).is_file()


def test_a_link_to_nothing_stops_the_build(tmp_path):
    done = build(small_project(tmp_path / "project", "# Home\n\n[C](../results/c.md)\n"), tmp_path / "site")
    assert done.returncode != 0
    assert "results/c.md" in done.stderr + done.stdout
