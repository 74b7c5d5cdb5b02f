import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from rarml.report.compare_figures import compare_figures, figure_files
from rarml.report.compare_report import compare_html
from rarml.report.compare_rows import groups, responsive
from tests.report.example_compare_more import with_more


@pytest.fixture(scope="module")
def html(compare_example):
    return compare_html(compare_example)


def test_page_is_whole_self_contained_and_repeatable(html, compare_example, read_page):
    read_page(html)
    assert compare_html(compare_example) == html


def test_a_full_page_is_whole_too(compare_example, read_page):
    content = with_more(compare_example)
    text = compare_html(content)
    page = read_page(text)
    anchors = {"transfer", "shared", "differ", "cells", "consensus", "known", "genes", "groups", "models", "limits"}
    assert anchors <= set(page.ids)
    assert compare_html(content) == text
    words = text.split("<main", 1)[1].split("<script", 1)[0]
    assert not re.search(r"\bnan\b", words, re.IGNORECASE)


def test_what_is_not_there_has_no_section(html, read_page):
    assert not {"cells", "consensus", "known"} & set(read_page(html).ids)


def test_figures_on_disk_are_those_of_the_page_and_stand_alone(compare_example):
    content = with_more(compare_example)
    drawn, files = compare_figures(content), figure_files(content)
    assert set(files) == {f"{name}.svg" for name in drawn}
    text = compare_html(content)
    for name, figure in drawn.items():
        assert figure in text
        root = ElementTree.fromstring(files[f"{name}.svg"])
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.get("color") == "#000"


def test_groups_cover_every_candidate_gene_once(compare_example):
    found = groups(compare_example)
    genes = compare_example.genes
    assert sum(group.total for group in found) == (genes["group"] != "none").sum()
    assert all(len(group.rows) == min(group.total, compare_example.top) for group in found)
    assert [group.name for group in found][:3] == ["shared up", "shared down", "opposite"]


def test_shared_genes_are_ordered_by_their_weakest_model(compare_example):
    names = [info.name for info in compare_example.models]
    shared = next(group for group in groups(compare_example) if group.name == "shared up")
    genes = compare_example.genes.set_index("gene_id")
    weakest = [min(genes.loc[row.gene_id, f"p_up:{name}"] for name in names) for row in shared.rows]
    assert weakest == sorted(weakest, reverse=True)


def test_a_model_without_p_down_counts_p_up_alone(compare_example):
    genes = compare_example.genes.copy()
    genes["p_down:mcf7"] = float("nan")
    assert responsive(genes, "mcf7").equals(genes["p_up:mcf7"])


def test_empty_tables_still_make_a_page(compare_example, read_page):
    bare = replace(
        compare_example,
        genes=compare_example.genes.iloc[:1],
        correlations=compare_example.correlations.iloc[:0],
        transfer=compare_example.transfer.iloc[:0],
        models=compare_example.models[:2],
    )
    read_page(compare_html(bare))


def test_names_are_escaped_in_page_and_plots(compare_example):
    bad = '"><img src=x onerror=alert(1)>$\\x$'
    old = compare_example.models[0].name
    genes = compare_example.genes.rename(columns=lambda name: name.replace(f":{old}", f":{bad}"))
    genes.loc[0, "symbol"] = bad
    models = (replace(compare_example.models[0], name=bad), compare_example.models[1])
    assert "<img" not in compare_html(replace(compare_example, genes=genes, models=models))
