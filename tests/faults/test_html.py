"""Names that are script stay text in the score report."""

import importlib.util
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rarml.report.score_report import score_html

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</script><svg onload=alert(1)>")


def contents():
    spec = importlib.util.spec_from_file_location("report_examples", Path(__file__).parents[1] / "report/conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        handlers = sorted(name for name, _ in attrs if name.startswith("on"))
        if tag in ("script", "img", "iframe", "object") or handlers:
            self.found.append((tag, *handlers))


def tags(page):
    parser = _Tags()
    parser.feed(page)
    return parser.found


@pytest.mark.parametrize("hostile", HOSTILE)
def test_score_report(hostile):
    content = contents().score_content(5, 1)
    table = content.genes.copy() if hasattr(content, "genes") else content.table.copy()
    table.loc[table.index[0], ["query", "symbol", "note"]] = hostile
    changed = replace(content, **{"genes" if hasattr(content, "genes") else "table": table})
    assert tags(score_html(changed)) == tags(score_html(content))
    assert "alert(1)" in score_html(changed)
