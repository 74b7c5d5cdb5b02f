"""Text of others stays text in every report: names, notes, titles and paths full of script change no tag of a page."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from rarml.report.compare_report import compare_html
from rarml.report.gene_card import gene_card_html
from rarml.report.score_report import score_html
from rarml.report.train_report import train_html
from rarml.report.tune_content import TrialPoint, TuneContent, TunedSetting
from rarml.report.tune_report import tune_html
from tests.browser import Browser, find_chromium
from tests.report.example_card import gene_card
from tests.report.example_compare import compare_content
from tests.report.example_compare_more import with_more
from tests.report.example_score import score_content
from tests.report.example_train import evaluation_example, train_content

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><svg onload=alert(1)>",
    "--><style>*{display:none}</style>",
    "{{ 7 * 7 }}${7}$\\frac{1}{2}$",
)
# what users name or write; other texts are words of rarml itself, by which pages look things up
FREE = {
    *("title", "cell_type", "description", "context_note", "dose", "time", "source", "performance", "call_rule"),
    *("query", "symbol", "note", "notes", "provenance", "methods", "found", "path", "searched", "best", "stand_in"),
    *("window", "assembly", "words", "facts", "rule", "measured", "files", "command", "settings", "marks"),
}


def poisoned(value, text, *, free=False):
    """A copy in which every string that is not rarml's own ends in `text`."""
    if isinstance(value, str):
        return value + text if free else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: poisoned(getattr(value, field.name), text, free=field.name in FREE)
            for field in dataclasses.fields(value)
            if field.init
        }
        return dataclasses.replace(value, **changed)
    if isinstance(value, pd.DataFrame):
        table = value.copy()
        for name in table.columns:
            if str(name) in FREE and len(table):
                table[name] = [poisoned(cell, text, free=True) for cell in table[name]]
        return table
    if isinstance(value, dict):
        return {
            key: poisoned(item, text, free=(free or key in FREE) and isinstance(item, str | tuple | list | dict))
            for key, item in value.items()
        }
    if isinstance(value, tuple | list):
        return type(value)(poisoned(item, text, free=free) for item in value)
    return value


class _Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = {}
        self.handlers, self.policies, self.texts = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found[tag] = self.found.get(tag, 0) + 1
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.policies += [dict(attrs)["content"] for _, value in attrs if value == "Content-Security-Policy"]

    def handle_data(self, data):
        self.texts.append(data)


def tune_example():
    return TuneContent(
        name="mine",
        cell_type="cells",
        settings=(TunedSetting("model.block_dropout", "0 to 1", "0.05", "0.1", ()),),
        trials=(TrialPoint(0, "complete", True, 0.5), TrialPoint(1, "complete", False, 0.4)),
        loss=0.4,
        default_loss=0.5,
        importance={},
        metrics=None,
        verdict=("It helped.",),
        helped=True,
        counts={"complete": 2, "pruned": 0, "failed": 0},
        n_studies=1,
        n_folds=6,
        genes=100,
    )


PAGES = {
    "score": (score_html, lambda: score_content(12, 2)),
    "train": (train_html, lambda: dataclasses.replace(train_content(400), evaluation=evaluation_example())),
    "compare": (compare_html, lambda: with_more(compare_content(120))),
    "gene card": (gene_card_html, lambda: gene_card(2)),
    "tune": (tune_html, tune_example),
}


@pytest.fixture(scope="module", params=list(PAGES))
def page(request):
    render, example = PAGES[request.param]
    return render, example()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_no_tag(page, text):
    render, content = page
    harmless = _Tags(render(poisoned(content, "harmless words")))
    hostile = _Tags(render(poisoned(content, text)))
    assert hostile.found == harmless.found
    assert hostile.handlers == harmless.handlers == []
    assert text in "".join(hostile.texts), "the text was lost, so nothing was tried"


def test_every_page_has_a_policy_that_lets_only_its_own_script_run(page):
    render, content = page
    html = render(content)
    tags = _Tags(html)
    assert len(tags.policies) == 1
    policy = dict(part.split(" ", 1) for part in tags.policies[0].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert policy["script-src"] == " ".join(f"'sha256-{digest}'" for digest in digests)
    assert "unsafe-eval" not in tags.policies[0]
    assert html.index("Content-Security-Policy") < html.index("<script")


@pytest.fixture(scope="module")
def browser():
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium found (install one, or name it in CHROMIUM)")
    running = Browser(program)
    yield running
    running.close()


@pytest.mark.parametrize("text", [f"<img src=x onerror=window.ran=1>{HOSTILE[0]}{HOSTILE[2]}"])
def test_in_a_browser_no_hostile_text_runs_and_no_script_of_ours_is_stopped(browser, tmp_path, page, text):
    render, content = page
    calm, hostile = tmp_path / "calm.html", tmp_path / "hostile.html"
    calm.write_text(render(poisoned(content, "harmless words")), encoding="utf-8")
    hostile.write_text(render(poisoned(content, text)), encoding="utf-8")
    # every element after all scripts have run, and what a page draws when it is used
    count = "JSON.stringify(Array.from(document.querySelectorAll('*'), e => e.tagName).sort())"
    found = {}
    for file in (calm, hostile):
        with browser.open(file) as tab:
            tab.run("window.alert = () => { window.ran = 1 }")
            tab.run("document.querySelectorAll('th button').forEach(b => b.click())")
            tab.settle()
            found[file] = tab.run(count)
            assert tab.run("window.ran === undefined")
            assert tab.errors == []  # a blocked script or style would be told here
            assert tab.requests == []
    assert found[calm] == found[hostile]


def test_in_a_browser_the_policy_stops_what_gets_past_the_escaping(browser, tmp_path):
    file = tmp_path / "report.html"
    added = "<script>window.ran=1</script><img src=x onerror=window.ran=1><body onload=window.ran=1>"
    file.write_text(score_html(score_content(12, 2)).replace("</h1>", "</h1>" + added, 1), encoding="utf-8")
    with browser.open(file) as tab:
        assert tab.run("window.ran === undefined")
        assert any("Content Security Policy" in error for error in tab.errors)
