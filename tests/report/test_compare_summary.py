from dataclasses import replace

import pandas as pd

from rarml.report.compare_rows import groups
from rarml.report.compare_summary import compare_summary


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
