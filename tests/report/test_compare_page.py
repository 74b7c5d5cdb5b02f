"""The comparison page in a browser: it opens without a fault, and its table and scatter answer."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from rarml.report.compare_report import compare_html
from tests.report.example_compare_more import with_more

# points at the scatter, place after place, until a gene answers
PROBE = """(() => {
  const map = document.getElementById('map'), box = map.getBoundingClientRect();
  const said = document.getElementById('m-said');
  for (let x = 60; x < box.width; x += 9) for (let y = 20; y < box.height - 40; y += 9) {
    map.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + x, clientY: box.top + y}));
    if (said.textContent.includes('measured')) return;
  }
})()"""


@pytest.fixture(scope="module")
def page(compare_example, tmp_path_factory):
    path = tmp_path_factory.mktemp("compare") / "report.html"
    path.write_text(compare_html(with_more(compare_example)), encoding="utf-8")
    return path


def test_the_table_sorts_searches_filters_and_is_handed_out(browser, page, compare_example):
    genes = with_more(compare_example).genes
    with browser.open(page) as tab:
        first = genes.sort_values(["rank_up", "gene_id"])["symbol"].iloc[0]
        assert tab.run("document.querySelector('#t-genes tbody th').firstChild.textContent") == first
        tab.click("#t-genes thead th:first-child button")
        shown = tab.run("Array.from(document.querySelectorAll('#t-genes tbody th'), e => e.firstChild.textContent)")
        assert shown[:3] == sorted(genes["symbol"], key=lambda name: name)[:3]
        tab.fill("#c-find", "CYP26A1 ENSG00000000007")
        assert tab.text("#c-said") == "2 of 400 genes"
        tab.fill("#c-find", "")
        tab.fill("#c-group", "0")
        group = genes["group"].iloc[0]
        assert tab.text("#c-said") == f"{(genes['group'] == group).sum()} of 400 genes"
        tab.click("#c-save")
        name, text = tab.given()[0]
        assert name == "rarml_compare.tsv"
        assert len(text.splitlines()) == (genes["group"] == group).sum() + 1
        assert tab.errors == []
        assert tab.requests == []


def test_the_consensus_worked_out_in_the_page_is_that_of_the_evaluation(browser, page, compare_example):
    genes = with_more(compare_example).genes.set_index("gene_id")
    with browser.open(page) as tab:
        tab.click("#c-save")
        _, text = tab.given()[0]
    back = pd.read_csv(StringIO(text), sep="\t").set_index("gene_id").loc[genes.index]
    for direction in ("up", "down"):
        np.testing.assert_allclose(back[f"consensus_{direction}"], genes[f"consensus_{direction}"], atol=1e-4)
        np.testing.assert_array_equal(back[f"rank_{direction}"], genes[f"rank_{direction}"])
        assert genes[f"rank_{direction}"].isna().any()


def test_the_scatter_draws_names_and_knows_who_lacks_a_class(browser, page):
    with browser.open(page) as tab:
        inked = (
            "Array.from(document.getElementById('map').getContext('2d').getImageData(0, 0, 400, 400).data).some(v => v)"
        )
        assert tab.run(inked)
        tab.fill("#m-find", "CYP26A1, DHRS3 nobody")
        assert tab.text("#m-said") == "2 of the named genes are among the 380 that both models judge"
        tab.fill("#m-find", "CYP26A1")
        assert tab.text("#m-said").startswith("CYP26A1: P(up) ")
        tab.fill("#m-find", "")
        tab.run(PROBE)
        assert "measured" in tab.text("#m-said")
        assert tab.errors == []


def test_phone_width_has_no_sideways_scroll(browser, page):
    with browser.open(page, width=390, height=844) as tab:
        assert tab.overflow() == 0
        assert tab.errors == []
