"""Methods text says what the bundle's facts say, and what the bench may expect comes from its metrics."""

import re

import pytest
from scipy.stats import binomtest

from rarml.bundle.load import load_bundle
from rarml.workflows.hit_rates import hit_rate_rows
from rarml.workflows.methods import compare_methods, score_methods, train_methods
from tests.conftest import REPO


@pytest.fixture(scope="module")
def facts():
    names = ("mcf-7", "nb4", "neural-organoid")
    return {name: load_bundle(REPO / "models" / name).manifest.model_dump(mode="json") for name in names}


def test_training_text_holds_thresholds_counts_digests_versions_and_citations(facts):
    one = facts["mcf-7"]
    text = " ".join(train_methods(one))
    for part in one["labels"]["files"]:
        assert f"{part['file']} (SHA-256 {part['sha256'][:12]}" in text
    counts = one["counts"]
    assert f"{counts['eligible_up']:,} up, {counts['eligible_down']:,} down and" in text
    assert "at least 1 (up) or at most −1 (down) and an adjusted p below 0.05" in text
    assert one["atlas_digest"] in text
    for name, version in one["versions"].items():
        assert name == "rarml" or f"{name} {version}" in text
    assert len(set(re.findall(r"doi:10\.\d{4,}/\S+", text))) >= 4
    row = next(r for r in one["metrics"] if r["metric"] == "auroc")
    assert f"{row['task']}: AUROC {row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f})" in text


def test_a_list_without_a_background_is_said_to_be_one(facts):
    text = " ".join(train_methods(facts["nb4"]))
    assert "counted as unlabelled" in text
    assert "log2 fold change" not in text


@pytest.mark.parametrize("write", [lambda models: score_methods(models, call_rule="the rule."), compare_methods])
def test_use_names_every_model_and_claims_nothing(facts, write):
    text = " ".join(write(list(facts.values())))
    for one in facts.values():
        assert one["cell_type"] in text
        assert f"{one['name']} {one['seed']}" in text
    assert "nb4. " in text
    assert "It is experimental." in text
    assert "validated" not in text
    assert "see source" not in text


def test_hit_rates_are_the_metrics_of_the_bundle(facts):
    rows = hit_rate_rows(facts["mcf-7"])
    assert [row["direction"] for row in rows] == sorted(
        (r["direction"] for r in rows), key=["up", "down", "up or down"].index
    )
    metrics = {(r["task"], r["metric"]): r for r in facts["mcf-7"]["metrics"]}
    up = next(row for row in rows if (row["direction"], row["depth"]) == ("up", 50))
    expected = metrics["up v unresponsive", "precision_at_50"]
    assert up["precision"] == expected["value"]
    # the bootstrap of the table of first genes draws other resamples than that of the metrics
    assert [up["low"], up["high"]] == pytest.approx([expected["low"], expected["high"]], abs=0.06)
    assert {row["direction"] for row in hit_rate_rows(facts["nb4"])} == {"up"}


def test_deeper_tables_go_before_metrics(facts):
    top = {"task": "up v unresponsive", "depth": 10, "value": 0.7, "low": 0.4, "high": 0.9, "prevalence": 0.02}
    changed = {**facts["mcf-7"], "evaluation": {"top": [top]}}
    assert [(row["depth"], row["precision"]) for row in hit_rate_rows(changed)] == [(10, 0.7)]


@pytest.mark.parametrize(("value", "n"), [(1.0, 50), (0.0, 20), (1.0, 100)])
def test_all_or_none_is_not_taken_for_certainty(facts, value, n):
    row = {"task": "up v unresponsive", "depth": n, "value": value, "low": value, "high": value, "prevalence": 0.3}
    (found,) = hit_rate_rows({**facts["mcf-7"], "evaluation": {"top": [row]}})
    exact = binomtest(round(value * n), n).proportion_ci(method="exact")
    assert (found["low"], found["high"]) == pytest.approx((exact.low, exact.high), abs=1e-5)
