from dataclasses import replace

import pandas as pd

from rarml.report.compare_rows import groups
from rarml.report.compare_summary import compare_summary
from tests.report.example_compare_more import with_more


def test_transfer_is_said_per_task_and_not_pooled(compare_example):
    a, b = (info.name for info in compare_example.models[:2])
    across = {"up v unresponsive": 0.8, "up v down": 0.5}
    rows = [(m, n, task, 0.9 if m == n else other) for task, other in across.items() for m in (a, b) for n in (a, b)]
    transfer = pd.DataFrame(rows, columns=["model", "labels", "task", "value"])
    said = compare_summary(replace(compare_example, transfer=transfer), groups(compare_example))[-1]
    assert "up v unresponsive 0.90 → 0.80; up v down 0.90 → 0.50." in said


def test_most_and_least_alike_are_the_extremes(compare_example):
    table = compare_example.correlations
    chosen = table[table["probability"] == "responsive"].sort_values("spearman")
    first = compare_summary(compare_example, groups(compare_example))[0]
    assert first.startswith(f"Most alike: {chosen.iloc[-1]['a']} and {chosen.iloc[-1]['b']}")
    assert f"least alike: {chosen.iloc[0]['a']} and {chosen.iloc[0]['b']}" in first


def test_no_shared_gene_is_said(compare_example):
    genes = compare_example.genes.assign(group="none")
    content = replace(compare_example, genes=genes, correlations=compare_example.correlations.iloc[:0])
    assert compare_summary(content, groups(content))[0] == "No gene is a candidate in one direction in every model."


def test_core_reasons_and_known_targets_are_said_where_they_are_there(compare_example):
    said = compare_summary(with_more(compare_example), groups(compare_example))
    assert any("8 up (" in line and "4 down (" in line for line in said if line.startswith("Core"))
    assert said[-1].startswith("Known targets (targets), odds ratio of being called up: ")
    assert said[-1].endswith("Ahead of covariates alone in ranking them: 0 of 3 models.")
    (why,) = (line for line in said if line.startswith("Why two models differ"))
    shares = [int(word) for word in why.replace("%", "").replace(",", " ").split() if word.isdigit()][1:]
    assert abs(sum(shares) - 100) <= 2
    bare = compare_summary(compare_example, groups(compare_example))
    assert not any(line.startswith(("Core", "Known", "Why")) for line in bare)


def test_the_baseline_is_no_model_that_transfers(compare_example):
    content = with_more(compare_example)
    without = content.transfer[content.transfer["model"] != "mean response elsewhere"]
    found = groups(content)
    assert compare_summary(content, found) == compare_summary(replace(content, transfer=without), found)


def test_a_direction_that_is_reversed_in_other_cells_is_named(compare_example):
    content = with_more(compare_example)
    a, b = (info.name for info in content.models[:2])
    table = content.transfer.copy()
    here = (table["task"] == "up v down") & (table["metric"] == "auroc")
    table.loc[here, ["value", "low", "high"]] = (0.6, 0.55, 0.65)
    table.loc[here & (table["model"] == a) & (table["labels"] == b), ["value", "low", "high"]] = (0.4, 0.35, 0.45)
    said = compare_summary(replace(content, transfer=table), groups(content))
    (line,) = (line for line in said if line.startswith("Up v down below guessing"))
    assert line.endswith(f": {a} on {b} 0.40 (0.35 to 0.45).")
    table.loc[here, "high"] = 0.55
    again = compare_summary(replace(content, transfer=table), groups(content))
    assert not any(line.startswith("Up v down below guessing") for line in again)
