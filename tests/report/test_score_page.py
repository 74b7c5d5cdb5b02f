"""The score report in a browser: sorting, searching, switching, downloading, and 20,000 genes."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import replace

import pytest

from rarml.report.gene_card import gene_card_html
from rarml.report.gene_grid import FIRST_ROWS
from rarml.report.score_report import score_html
from rarml.report.score_rows import model_views
from tests.report.example_card import gene_card
from tests.report.example_score import score_content

GENE = "#t-genes tbody th"


def names(tab) -> list[str]:
    """Symbols of the rows shown."""
    return tab.run(f"Array.from(document.querySelectorAll('{GENE}'), e => e.firstChild.textContent)")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def page(score_example, tmp_path_factory):
    path = tmp_path_factory.mktemp("score") / "report.html"
    path.write_text(score_html(score_example), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text(score_html(score_content(20_000, 3)), encoding="utf-8")
    return path


@pytest.fixture
def tab(browser, page):
    with browser.open(page) as opened:
        yield opened
        assert opened.errors == []
        assert opened.requests == []


def test_a_model_is_chosen_and_its_genes_are_sorted_by_number_missing_last(tab, score_example):
    tab.fill("#g-view", "0")
    rows = model_views(score_example)[0].rows
    assert names(tab) == [row["symbol"] for row in rows]
    for first, way in ((True, "descending"), (False, "ascending")):
        tab.click('[data-column="up"]')
        expected = sorted(rows, key=lambda row: round(row["p_up"], 4), reverse=first)
        assert names(tab)[:5] == [row["symbol"] for row in expected[:5]]
        assert tab.run("document.querySelector('[aria-sort]').getAttribute('aria-sort')") == way
        assert tab.run("document.querySelectorAll('[aria-sort]').length") == 1
    tab.click('[data-column="rare"]')
    known = [row["rare_pvalue"] for row in rows if row["rare_pvalue"] is not None]
    shown = tab.texts("#t-genes tbody td:nth-child(10)")
    assert [text == "–" for text in shown] == [False] * len(known) + [True] * (len(rows) - len(known))


def test_every_view_shows_what_the_plain_table_shows(browser, page, tab):
    with browser.open(page, javascript=False) as plain:
        for view, anchor in (("all", "heat"), ("0", "model-1"), ("3", "model-4")):
            tab.fill("#g-view", view)
            theirs = [text.replace(" ", "") for text in plain.texts(f"#t-{anchor} tbody td")]
            assert theirs == [text.replace(" ", "") for text in tab.texts("#t-genes tbody td")]
        assert plain.errors == []


def test_search_and_filters_narrow_the_table_and_say_how_far(tab, score_example):
    tab.fill("#g-find", "rarb, ENSG00000000000")
    assert sorted(names(tab)) == ["CYP26A1", "RARB"]
    assert tab.text("#g-said") == "2 of 28 genes"
    tab.fill("#g-find", "")
    tab.fill("#g-view", "1")
    tab.fill("#g-call", "4")
    view = model_views(score_example)[1]
    assert names(tab) == [row["symbol"] for row in view.called("unlikely")]
    tab.fill("#g-call", "")
    tab.fill("#g-flag", "no sequence")
    assert names(tab) == [row["symbol"] for row in view.rows if "no sequence" in row["flags"]]


def test_the_table_is_worked_from_the_keyboard(tab):
    tab.run("document.querySelector('[data-column=gene]').focus()")
    tab.press("Enter")
    assert names(tab)[0] == "ACTB"
    # the heading that was pressed keeps the focus though it was drawn anew
    tab.press(" ")
    assert names(tab)[-1] == "ACTB"
    assert tab.run("document.activeElement.dataset.column") == "gene"


def test_what_is_shown_and_everything_can_be_downloaded(tab, score_example):
    tab.fill("#g-view", "2")
    tab.fill("#g-find", "HOXA1")
    tab.click("#g-shown")
    tab.click("#g-all")
    tab.click("table.summary + button.tsv")
    (shown, some), (every, all_rows), (_, summary) = tab.given()
    assert (shown, every) == ("rarml_scores_shown.tsv", "rarml_scores_all.tsv")
    (row,) = table(some)
    expected = next(row for row in model_views(score_example)[2].rows if row["symbol"] == "HOXA1")
    assert (row["symbol"], row["model"], row["call"]) == ("HOXA1", "organoid", expected["call"])
    for name in ("p_up", "p_down_low", "gain"):
        assert float(row[name]) == pytest.approx(expected[name], abs=5.1e-5)
    assert row["rare_tss_distance"] == f"{expected['rare_tss_distance']:.0f}"
    assert row["rare_strand"] == expected["rare_strand"]
    assert len(table(all_rows)) == 28 * 4
    assert summary.splitlines()[1].startswith("SH-SY5Y neuroblastoma")


def test_text_of_others_stays_text(browser, tmp_path, score_example):
    bad = '<img src=x onerror="document.title=1">&</script><script>document.title=2</script>'
    changed = score_example.table.copy()
    changed.loc[0, ["symbol", "query", "rare_type", "measured", "flags"]] = bad
    changed.loc[1, "symbol"] = "=1+1"
    model = replace(score_example.models[1], cell_type=bad)
    path = tmp_path / "bad.html"
    models = (score_example.models[0], model, *score_example.models[2:])
    path.write_text(score_html(replace(score_example, table=changed, models=models)), encoding="utf-8")
    with browser.open(path) as opened:
        for view in ("all", "0", "1"):
            opened.fill("#g-view", view)
            assert bad in "".join(opened.texts(GENE))
        opened.click("#g-all")
        text = opened.given()[0][1]
        assert opened.run("document.title").startswith("Retinoic-acid response")
        assert opened.errors == []
    assert "\t'=1+1\t" in text


def test_prediction_sets_have_a_column_where_the_scores_hold_them(browser, tmp_path, score_example):
    table = score_example.table.copy()
    table.loc[0, "not_ruled_out"], table.loc[1, "not_ruled_out"] = "up|unresponsive", ""
    path = tmp_path / "sets.html"
    path.write_text(score_html(replace(score_example, table=table, level=0.9)), encoding="utf-8")
    with browser.open(path) as opened:
        opened.fill("#g-view", "0")
        opened.click('[data-column="kept"]')
        assert opened.texts("#t-genes thead th")[7] == "Not ruled out (90 %)"
        assert opened.texts("#t-genes tbody td:nth-child(8)")[:3] == ["all ruled out", "up, unresponsive", "–"]
        opened.fill("#g-view", "1")
        assert "kept" not in opened.run("Array.from(document.querySelectorAll('[data-column]'), e => e.dataset.column)")


def test_a_link_to_sites_opens_them_and_a_model_links_to_its_table(tab):
    tab.fill("#g-view", "0")
    tab.click("#t-genes tbody a[href^='#s']")
    assert tab.run("document.querySelector(location.hash).open")
    tab.click("[data-view='3']")
    assert tab.run("document.getElementById('g-view').value") == "3"


def test_plots_tell_values_and_zoom(tab):
    whole = tab.run("document.querySelector('figure svg').getAttribute('viewBox')")
    tab.run("document.querySelector('figure svg').focus()")
    tab.press("+")
    assert tab.run("document.querySelector('figure svg').getAttribute('viewBox')") != whole
    tab.press("0")
    assert tab.run("document.querySelector('figure svg').getAttribute('viewBox')") == whole
    tab.run(
        "document.querySelector('figure [data-tip] circle').dispatchEvent("
        "new PointerEvent('pointermove', {bubbles: true, clientX: 40, clientY: 40}))"
    )
    assert "P(up)" in tab.text(".tip")
    tab.run("document.querySelector('figure .zoom button:last-child').click()")
    name, svg = tab.given()[0]
    assert name.endswith(".svg")
    assert svg.startswith("<svg")


@pytest.mark.parametrize("view", ["all", "0"])
def test_a_phone_is_wide_enough(browser, page, view):
    with browser.open(page, width=390, height=844) as opened:
        opened.fill("#g-view", view)
        assert opened.overflow() == 0


def test_paper_shows_every_model(browser, page):
    with browser.open(page, printed=True) as opened:
        opened.run("window.dispatchEvent(new Event('beforeprint'))")
        assert opened.run("document.querySelectorAll('#g-paper table').length") == 5
        assert opened.run("document.querySelectorAll('#g-paper tbody tr').length") == 5 * 28
        assert opened.run("getComputedStyle(document.querySelector('#grid > .scroll')).display") == "none"


def test_twenty_thousand_genes_and_three_models_open_in_three_seconds(browser, large, slowness):
    assert large.stat().st_size < 15e6  # 5.9 MB
    took = []
    for _ in range(3):  # the best of three: a busy machine is not the page's fault
        with browser.open(large) as opened:
            took.append(opened.opened_in)
    assert min(took) < 3 * slowness  # 0.8 s on an idle core
    with browser.open(large) as opened:
        assert opened.errors == []
        assert opened.text("#g-said") == "20,000 genes; rows 1 to 100"
        assert len(names(opened)) == 100
        took = opened.run(
            "(() => { const t = performance.now(); document.querySelector('[data-column=gene]').click();"
            " return performance.now() - t; })()"
        )
        assert took < 1500 * slowness  # ms; 100 on an idle core
        opened.fill("#g-find", "gene1999")
        assert names(opened) == ["GENE1999", *(f"GENE{n}" for n in range(19990, 20000))][:11][: len(names(opened))]
        opened.fill("#g-find", "")
        opened.click("#g-last")
        assert opened.text("#g-said").endswith("rows 19,901 to 20,000")
        assert opened.run("document.querySelector('#t-genes tbody tr:last-child').ariaRowIndex") == "20001"


def test_without_javascript_the_first_rows_are_a_table(browser, large):
    with browser.open(large, javascript=False) as opened:
        assert len(opened.texts("#t-heat tbody tr")) == FIRST_ROWS
        assert len(opened.texts("#t-model-1 tbody tr")) == FIRST_ROWS
        assert opened.run("document.getElementById('grid').checkVisibility()") is False


def test_a_gene_opens_its_own_page(browser, tmp_path, score_example):
    gene = score_example.table["gene_id"].dropna().iloc[0]
    card = replace(gene_card(), gene_id=gene)
    (tmp_path / "genes").mkdir()
    (tmp_path / "genes" / "own.html").write_text(gene_card_html(card), encoding="utf-8")
    path = tmp_path / "report.html"
    path.write_text(score_html(replace(score_example, pages={gene: "genes/own.html"})), encoding="utf-8")
    with browser.open(path) as opened:
        link = "#t-genes tbody a[href='genes/own.html']"
        assert opened.texts(link) == [score_example.table.set_index("gene_id").loc[gene, "symbol"].iloc[0]]
        opened.run(f'setTimeout(() => document.querySelector("{link}").click(), 0)')
        until = time.monotonic() + 10
        while not opened.run("location.pathname").endswith("own.html"):
            assert time.monotonic() < until, "the gene's page did not open"
            time.sleep(0.05)
        assert card.symbol in opened.text("h1")
        assert opened.errors == []
