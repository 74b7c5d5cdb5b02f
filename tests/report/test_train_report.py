import re
from dataclasses import replace

import pytest

from rarml.report.train_report import train_html
from rarml.report.train_rows import flow_rows, metric_rows, verdict


@pytest.fixture(scope="module")
def html(train_example):
    return train_html(train_example)


def test_page_is_whole_self_contained_and_repeatable(html, train_example, read_page):
    read_page(html)
    assert train_html(train_example) == html


def test_every_count_is_shown(html, train_example):
    for n in train_example.counts.values():
        assert f"{n:,}" in html
    assert len(flow_rows(train_example.counts)) == len(train_example.counts)


def test_plots_are_text_and_follow_the_page(html):
    assert html.count("<svg") == 4
    assert "True positive rate</text>" in html
    assert "#010203" not in html
    assert "<metadata" not in html


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.01, 0.03, "better"),
        (-0.03, -0.01, "worse"),
        (-0.01, 0.02, "no clear difference"),
        (None, 0.1, ""),
    ],
)
def test_verdict_needs_an_interval_off_zero(low, high, word):
    assert verdict(low, high) == word


def test_chance_level_is_that_of_the_metric(train_example):
    chance = {row["metric"]: row["chance"] for row in metric_rows(train_example.metrics)}
    assert chance == {"auroc": 0.5, "auprc": 0.2, "brier": None}


def test_bare_content_still_makes_a_page(train_example, read_page):
    bare = replace(train_example, metrics=train_example.metrics.iloc[:0], curves=(), importance={}, counts={})
    read_page(train_html(bare))


def test_user_text_is_escaped(train_example):
    bad = "<b onclick=x>$a_b$"
    metrics = train_example.metrics.assign(task=bad)
    model = replace(train_example.model, name=bad, description=bad, cell_type=bad)
    curves = tuple(replace(curve, task=bad, predictor=bad) for curve in train_example.curves[:2])
    content = replace(train_example, model=model, metrics=metrics, curves=curves, notes=(bad,), provenance={bad: bad})
    assert "<b onclick" not in train_html(content)


def test_the_branches_are_shown_with_what_they_add(train_example):
    page = train_html(train_example)
    section = page[page.index('id="t-branches"') : page.index("</table>", page.index('id="t-branches"'))]
    assert section.count("<tr>") == 3  # the head and one row per branch: AUROC only
    assert "what encoders read off the bases" in section
    assert re.search(r"gradient.*\+0\.021.*adds.*sequence.*\+0\.001.*no clear difference", section, re.DOTALL)
    assert 'id="t-branches"' not in train_html(replace(train_example, branches=()))
