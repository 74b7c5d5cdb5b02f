import time
from dataclasses import replace

import pandas as pd
import pytest

from rarml.report.score_report import score_html
from rarml.report.score_rows import model_views, unmapped_inputs


@pytest.fixture(scope="module")
def html(score_example):
    return score_html(score_example)


def test_page_is_whole_self_contained_and_repeatable(html, score_example, read_page):
    read_page(html)
    assert score_html(score_example) == html


def test_every_gene_and_every_name_without_answer_is_there(html, score_example):
    for name in score_example.table["query"].unique():
        assert name in html
    assert [row["query"] for row in unmapped_inputs(score_example)] == ["1-Mar", "FOOBAR"]
    assert "MARCHF1 or MTARC1?" in html


def test_words_of_caution(html):
    assert "positive-unlabelled" in html
    assert "proxy" in html
    assert "validated" not in html.replace("Nothing here is validated", "")


def test_user_text_is_escaped(score_example):
    bad = "<script>alert(1)</script>"
    table = score_example.table.copy()
    for column in ("query", "symbol", "note", "flags", "measured", "rare_type", "call", "rare_strand"):
        table.loc[[0, len(table) - 1], column] = bad
    sites = score_example.sites.assign(type=bad, left=bad)
    model = replace(score_example.models[0], cell_type=bad, context_note=bad, source=bad, performance=bad)
    content = replace(score_example, table=table, sites=sites, models=(model, *score_example.models[1:]), call_rule=bad)
    page = score_html(content)
    assert "<script>alert" not in page
    assert page.count("<script>") == 1


def test_rows_are_ranked_and_a_gene_given_twice_is_shown_once(score_example):
    table = score_example.table
    twice = table[table["query"] == "RARB"].assign(query="HAP")
    view = model_views(replace(score_example, table=pd.concat([table, twice])))[0]
    chances = [row["p_responsive"] for row in view.rows]
    assert chances == sorted(chances, reverse=True)
    rarb = [row for row in view.rows if row["symbol"] == "RARB"]
    assert [row["queries"] for row in rarb] == [["HAP"]]


def test_order_of_input_rows_of_other_genes_changes_no_gene(score_example):
    half = score_example.table[score_example.table["symbol"].isin(["CYP26A1", "RARB"])]
    whole = {row["gene_id"]: row for row in model_views(score_example)[0].rows}
    for row in model_views(replace(score_example, table=half))[0].rows:
        assert row["p_up"] == whole[row["gene_id"]]["p_up"]


def test_nothing_mapped_and_no_site_still_make_a_page(score_example, read_page):
    table = score_example.table[score_example.table["gene_id"].isna()]
    text = score_html(replace(score_example, table=table, sites=score_example.sites.iloc[:0]))
    read_page(text)
    assert "Which of your 0 genes" in text


def test_least_columns(score_example, read_page):
    table = score_example.table[["query", "gene_id", "mapping", "model"]]
    read_page(score_html(replace(score_example, table=table)))


def test_five_hundred_genes_and_four_models_stay_small_and_quick(many_genes):
    start = time.process_time()
    size = len(score_html(many_genes).encode())
    assert size < 2_000_000
    assert time.process_time() - start < 3  # 0.7 s on an idle core
