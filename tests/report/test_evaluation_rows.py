import re
from dataclasses import replace

import pytest

from rarml.report.evaluation_rows import evaluation_view
from rarml.report.model_card import model_card
from rarml.report.train_report import train_html


@pytest.fixture(scope="module")
def page(judged_example):
    return train_html(judged_example)


def section(page, table):
    start = page.index(f'id="{table}"')
    return page[start : page.index("</table>", start)]


def changed(content, table, **new):
    rows = tuple({**row, **new} for row in content.evaluation[table])
    return replace(content, evaluation={**content.evaluation, table: rows})


def test_the_page_is_whole_with_all_tables_and_links(page, judged_example, read_page):
    read_page(page)
    assert train_html(judged_example) == page
    for table in ("baselines", "matched", "deciles", "controls", "corrected", "recall"):
        assert f'id="t-{table}"' in page
    for anchor in ("judged", "matched", "controls"):
        assert f'href="#{anchor}"' in page


def test_the_gain_over_the_strong_baseline_and_within_pairs_come_first(page):
    short = page[page.index('id="short"') : page.index('id="labels"')]
    strong, matched = (
        short.index("AUROC gained over covariates + co-expression panel"),
        short.index("AUROC within pairs"),
    )
    assert strong < matched < short.index("covariates alone")
    assert "up v unresponsive +0.030 (+0.010 to +0.050; clearly more)" in short
    assert "up v unresponsive 0.700 (0.650 to 0.750), gained over covariates + co-expression panel" in short
    assert "−0.020 (−0.060 to +0.020; no clear difference)" in short


def test_baselines_are_grouped_by_task_with_the_model_above_them(page):
    found = section(page, "t-baselines")
    rows = re.findall(r'<tr><th scope="row">([^<]*)', found)
    assert rows == ["this model", "RARE rule (a DR1, DR2 or DR5)", "covariates + co-expression panel"]
    assert "tells 150 genes from the rest" in found
    assert found.count("tells") == 1
    assert found.count('<span class="pos">') == 4  # both gains of AUROC and of AUPRC lie above 0
    assert "prevalence 0.025" in found


def test_balance_is_said_once_per_task(page, judged_example):
    assert section(page, "t-matched").count("GC, balanced") == 1
    assert "not balanced" in section(train_html(changed(judged_example, "matched", imbalance=0.3)), "t-matched")


def test_a_failed_control_is_red_and_warned_of_at_the_top(page, judged_example):
    assert "as it should be" in section(page, "t-controls")
    assert 'class="bad"' not in page
    assert "Warning:" not in page
    failed = changed(judged_example, "controls", verdict="leak: not at chance", value=0.61)
    again = train_html(failed)
    assert '<strong class="bad">leak: not at chance</strong>' in again
    assert again.index("Warning:") < again.index('id="labels"')
    assert "reaches AUROC 0.610" in model_card(failed)


def test_an_impossible_share_is_said(page):
    found = section(page, "t-corrected")
    assert "none (as measured)" in found
    assert "not possible" in found


def test_the_card_holds_the_same_tables(judged_example):
    card = model_card(judged_example)
    for title in ("Against stronger baselines", "Within matched pairs", "By baseline expression", "Controls"):
        assert f"\n### {title}" in card
    assert "| covariates + co-expression panel | 0.900 (0.880 to 0.920) | +0.030 (+0.010 to +0.050) |" in card
    assert "| permuted labels: the whole training" in card
    assert "| 90 % | up | 160 | 0.913 (0.870 to 0.950) | 1.27 |" in card
    assert "0.913" in section(train_html(judged_example), "t-coverage")
    assert "\n- AUROC gained over covariates + co-expression panel: up v unresponsive +0.030" in card
    for row in re.findall(r"^\|.*$", card, re.MULTILINE):
        assert row.endswith("|")


def test_nothing_measured_shows_nothing(train_example, read_page):
    bare = replace(train_example, evaluation={})
    page = train_html(bare)
    read_page(page)
    assert "Against stronger baselines" not in page
    assert "Against stronger baselines" not in model_card(bare)
    assert evaluation_view({})["lead"] == []


def test_pairs_too_few_to_judge(judged_example, read_page):
    nothing = dict.fromkeys(("value", "low", "high", "gain", "gain_low", "gain_high"))
    page = train_html(changed(judged_example, "matched", **nothing))
    read_page(page)
    assert "too few pairs" in section(page, "t-matched")
    assert "AUROC within pairs" not in page
