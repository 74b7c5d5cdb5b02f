"""The train report in a browser: figures with values, tables to download, methods to copy."""

from __future__ import annotations

import pytest

from rarml.report.train_figures import train_drawings
from rarml.report.train_report import train_html


@pytest.fixture(scope="module")
def page(judged_example, tmp_path_factory):
    path = tmp_path_factory.mktemp("train") / "report.html"
    path.write_text(train_html(judged_example), encoding="utf-8")
    return path


@pytest.fixture
def tab(browser, page):
    with browser.open(page) as opened:
        yield opened
        assert opened.errors == []
        assert opened.requests == []


def test_every_figure_is_there_and_tells_its_values(tab, judged_example):
    described = [drawing.described for drawing in train_drawings(judged_example).values()]
    assert tab.run("Array.from(document.querySelectorAll('figure svg'), e => e.ariaLabel)") == described
    tips = tab.run("Array.from(document.querySelectorAll('figure [data-tip]'), e => e.dataset.tip)")
    assert "first 50 genes\n0.440 (0.880 to 0.920)" in tips
    assert "DR5: odds ratio 2.10 (0.70 to 4.00)\n12 of 160 v 20 of 480; q 0.01" in tips
    assert "DR2: odds ratio 1.00 (0.70 to no bound)\n12 of 160 v 20 of 480; q 0.9" in tips


def test_a_value_lies_where_its_point_is_drawn(tab):
    # the disc that carries the value of a point and the drawn marker share their place
    apart = tab.run(
        """(() => { const svg = document.querySelector('figure svg');
        const centre = e => { const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; };
        const marks = Array.from(svg.querySelectorAll('use'), centre);
        return Math.max(...Array.from(svg.querySelectorAll('[data-tip]'), tip => { const c = centre(tip);
          return Math.min(...marks.map(m => Math.hypot(m[0] - c[0], m[1] - c[1]))); })); })()"""
    )
    assert apart < 1.5  # pixels


def test_every_table_can_be_downloaded_with_its_intervals_apart(tab):
    tables = tab.run("document.querySelectorAll('table').length")
    assert tab.run("document.querySelectorAll('button.tsv').length") == tables
    tab.click("#t-top caption button.tsv")
    tab.click("#t-baselines caption button.tsv")
    (name, text), (_, baselines) = tab.given()
    assert name == "top.tsv"
    head, first, *_ = [line.split("\t") for line in text.splitlines()]
    assert head[2:5] == ["Precision", "Precision (small print)", "By chance"]
    assert first[1:5] == ["10", "0.600", "0.880 to 0.920", "0.025"]
    assert "covariates + co-expression panel\t" in baselines


def test_the_metrics_sort_as_numbers(tab):
    tab.click("#t-metrics th:nth-child(3) button")
    values = [float(text[:5]) for text in tab.texts("#t-metrics tbody td:nth-child(3)")]
    assert values == sorted(values)
    assert tab.run("document.querySelector('#t-metrics [aria-sort]').getAttribute('aria-sort')") == "ascending"


def test_the_methods_are_offered_to_copy(tab, judged_example):
    assert tab.text("#methods-text").split("\n")[0] == judged_example.methods[0]
    tab.click("[data-copy]")
    assert tab.text("[data-copy]") in ("Copied", "Selected: now copy")


def test_a_phone_is_wide_enough_and_the_dark_page_has_light_ink(browser, page):
    with browser.open(page, width=390, height=844, dark=True) as opened:
        assert opened.overflow() == 0
        assert opened.run("getComputedStyle(document.querySelector('figure svg')).color") == "rgb(233, 237, 240)"
        assert opened.errors == []
