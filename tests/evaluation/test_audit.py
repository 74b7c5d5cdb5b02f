"""Ten leaks, each planted in an honest dataset: the audit passes the one and names the other."""

import importlib.util
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from rarml.estimators.linear import LinearClassifier
from rarml.estimators.stack import StackedCalibrator
from rarml.evaluation.audit import CHECKS, audit, failed
from rarml.training.branches import branch_columns

_spec = importlib.util.spec_from_file_location("audit_example", Path(__file__).with_name("audit_example.py"))
example = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(example)

MODEL = "model"


@pytest.fixture(scope="module")
def clean():
    return example.made()


def faults(audited) -> dict[str, str]:
    return {finding.check: finding.found for finding in failed(audit(audited))}


def with_column(clean, name, values):
    """A column more, in the atlas too and in the models: only its content gives it away."""
    features = clean.features.assign(**{name: np.asarray(values, dtype=np.float32)})
    more = replace(clean, features=features, source=features.copy(), columns_by_rule=tuple(features.columns))
    return example.fitted(more)


def with_model(clean, change):
    """The model changed in place by `change`; the rest as it was."""
    model = deepcopy(clean.fitted[MODEL].model)
    changed = change(model) or model
    return replace(clean, fitted={**clean.fitted, MODEL: replace(clean.fitted[MODEL], model=changed)})


def test_an_honest_model_passes_every_check(clean):
    findings = audit(clean)
    assert [finding.verdict for finding in findings] == ["pass"] * len(CHECKS), findings
    assert len({finding.check for finding in findings}) == len(CHECKS)
    assert all(finding.found.endswith(".") for finding in findings)


def test_leak_1_a_label_derived_column(clean):
    codes = clean.called.map({"up": 2.0, "ambiguous": 1.0, "unresponsive": 0.0, "down": -2.0}).to_numpy()
    noisy = codes + np.random.default_rng(1).normal(0, 0.3, len(codes))
    found = faults(with_column(clean, "expression:shift", noisy))
    assert set(found) == {"no column is made from the labels"}
    assert "'expression:shift'" in found["no column is made from the labels"]


def test_leak_1_where_the_labels_show_in_what_is_missing(clean):
    values = np.random.default_rng(2).normal(size=len(clean.called))
    values[clean.called.isin(["unresponsive", "ambiguous"]).to_numpy()] = np.nan
    found = faults(with_column(clean, "expression:shift", values))
    assert "(known or not)" in found["no column is made from the labels"]


def test_leak_2_a_gene_in_two_folds(clean):
    gene = clean.status.index[3]
    twice = replace(
        clean,
        status=pd.concat([clean.status, clean.status[[gene]]]),
        folds=pd.concat([clean.folds, (clean.folds[[gene]] + 1) % 3]),
        features=pd.concat([clean.features, clean.features.loc[[gene]]]),
        groups=pd.concat([clean.groups, clean.groups[[gene]]]),
    )
    assert gene in faults(twice)["each gene once"]


def test_leak_2_a_gene_copied_under_another_name(clean):
    genes = clean.status.index
    copy = next(
        g for g in genes if clean.folds[g] != clean.folds[genes[0]] and clean.groups[g] != clean.groups[genes[0]]
    )
    promoter = [name for name in clean.columns if name.startswith("rare:")]
    features = clean.features.copy()
    features.loc[copy, promoter] = features.loc[genes[0], promoter].to_numpy()
    found = faults(example.fitted(replace(clean, features=features, source=features)))
    assert set(found) == {"no duplicate promoters in two folds"}
    assert copy in found["no duplicate promoters in two folds"]


def test_leak_3_a_scaler_fitted_outside_the_folds(clean):
    genes = clean.status.index
    values = clean.features.loc[genes].to_numpy(dtype=np.float64)
    codes = clean.status.map({"up": 0, "down": 1, "unresponsive": 2}).to_numpy()
    fold = clean.folds.reindex(genes).to_numpy()

    def rescale(model):
        numbers = branch_columns(model.columns)["linear"]
        scaler = StandardScaler().fit(values[:, numbers])
        for pair, branch in model.branches["linear"].items():
            rows = ~np.isin(fold, pair)
            inside = LogisticRegression(C=branch.C, max_iter=1000).fit(
                scaler.transform(values[rows][:, numbers]), codes[rows]
            )
            branch.mean_, branch.spread_ = scaler.mean_, scaler.scale_
            branch.coef_, branch.intercept_ = inside.coef_, inside.intercept_

    assert "scaling is learnt inside the folds" in faults(with_model(clean, rescale))


def test_leak_4_a_treated_track(clean):
    check = "no treated track"
    treated = clean.features.rename(columns={"chromatin:MCF-7:H3K27ac:overlap": "chromatin:MCF-7_ATRA:H3K27ac:overlap"})
    column = replace(clean, features=treated, source=treated, columns_by_rule=tuple(treated.columns), fitted={})
    assert "MCF-7_ATRA" in faults(column)[check]
    for name in (
        "SH-SY5Y__H3K27ac__RA_48h.bed",
        "mcf7.treated.bed",
        "U937__ATAC__PML-RARA-induced.bed",
        "peaks.bed (of treated cells)",
    ):
        assert name in faults(replace(clean, origins=(*clean.origins, name)))[check]
    for name in ("K562__RAMPAGE.bed", "untreated_A549.bed", "RARA_motif.pfm", "Daudi"):
        assert not faults(replace(clean, origins=(name,)))


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ("let in", "every training gene is eligible"),
        ("left out", "eligibility is the same for every class"),
    ],
)
def test_leak_5_eligibility_for_one_class_only(clean, changed, check):
    level, called = clean.level, clean.called
    if changed == "let in":  # responsive genes that are not expressed
        more = called[called.isin(["up", "down"]) & (level < 1)]
        status = pd.concat([clean.status, more])
    else:  # unresponsive genes are asked for more
        status = clean.status[(clean.status != "unresponsive") | (level.reindex(clean.status.index) > 2)]
    found = faults(example.fitted(replace(clean, status=status)))
    assert set(found) == {check}
    assert "0% of unresponsive" in found[check] or "0.0% of up" in found[check]


def test_leak_6_a_family_split_across_folds(clean):
    check = "no relative of a held-out gene is learnt from"
    found = faults(example.fitted(clean, groups=False))
    assert check in found
    assert any(gene in found[check] for gene in clean.genes.index[clean.genes["family"].notna()])
    alone = replace(clean, groups=pd.Series(clean.groups.index, clean.groups.index))
    assert "groups hold all relatives" in faults(example.fitted(alone))


def test_leak_7_calibration_on_the_test_fold(clean):
    def recalibrate(model):
        genes = clean.status.index
        raw = model.raw(clean.features.loc[genes])
        fold = clean.folds.reindex(genes).to_numpy()
        codes = clean.status.map({name: code for code, name in enumerate(model.classes)}).to_numpy()
        stacks = []
        for k in range(3):
            rows = np.flatnonzero(fold == k)
            pair = next(pair for pair in model.branches["linear"] if k in pair)
            stacks.append(StackedCalibrator().fit([own[pair][rows] for own in raw.values()], codes[rows]))
        return replace(model, stacks=tuple(stacks))

    assert set(faults(with_model(clean, recalibrate))) == {"stacking and calibration are learnt on other folds"}


def test_leak_8_features_selected_outside_the_folds(clean):
    responsive = (clean.status != "unresponsive").to_numpy()
    told = clean.features.loc[clean.status.index].corrwith(pd.Series(responsive * 1.0, clean.status.index)).abs()
    best = [name for name in clean.columns if name in set(told.nlargest(10).index)]
    chosen = example.fitted(replace(clean, features=clean.features[[*best]]))
    assert set(faults(chosen)) == {"columns are chosen without labels"}
    foreign = clean.features.rename(columns={"composition:c0": "picked:c0"})
    assert "'picked:c0'" in faults(replace(clean, features=foreign, fitted={}))["columns are chosen without labels"]


def test_leak_9_a_target_list_as_a_feature(clean):
    check = "no list of targets is a column"
    listed = clean.features.index.isin(clean.gene_lists["the retinoid core"])
    found = faults(with_column(clean, "rare:core", listed * 1.0))
    assert set(found) == {check}
    assert "the retinoid core" in found[check]
    responsive = clean.called.index[clean.called.isin(["up", "down"])][:60]
    unknown = with_column(clean, "rare:core", clean.features.index.isin(responsive) * 1.0)
    assert "of them responsive" in faults(unknown)[check]


def test_leak_10_a_gene_of_two_cell_types_across_the_split(clean):
    other = clean.folds.copy()
    other.iloc[7] = (other.iloc[7] + 1) % 3
    found = faults(replace(clean, fold_rules={**clean.fold_rules, "the model nb4": other}))
    assert set(found) == {"same fold in every cell type"}
    assert clean.folds.index[7] in found["same fold in every cell type"]


def test_models_that_saw_a_left_out_fold_are_caught(clean):
    """Trees and coefficients of another pair of folds, which did see one of the folds that they now answer for."""
    for branch, check in (("gradient", "trees"), ("linear", "linear branches"), ("sequence", "linear branches")):

        def swap(model, branch=branch):
            model.branches[branch][0, 1] = model.branches[branch][0, 2]

        assert f"{check} are learnt inside the folds" in faults(with_model(clean, swap))


def test_a_value_changed_after_the_atlas_was_made_is_caught(clean):
    features = clean.features.copy()
    features.iloc[5, 2] += 1e-3
    assert clean.features.index[5] in faults(replace(clean, features=features))["values are those of the atlas"]


@pytest.mark.parametrize(
    ("value", "within", "verdict"), [(0.97, 0.90, "pass"), (0.985, 0.93, "warn"), (0.995, 0.97, "fail")]
)
def test_an_auroc_above_its_band_is_looked_at(clean, value, within, verdict):
    high = replace(clean, metrics=clean.metrics.assign(value=value))
    assert {f.check: f.verdict for f in audit(high)}["AUROC is believable"] == verdict
    pairs = replace(clean, matched=({"task": "up v down", "predictor": "model", "value": within},))
    assert {f.check: f.verdict for f in audit(pairs)}["AUROC within matched pairs is believable"] == verdict


def test_what_cannot_be_checked_is_said_to_be_unchecked(clean):
    bare = audit(type(clean)(clean.features, clean.status, clean.folds, clean.groups[clean.groups.index[:0]]))
    unchecked = {finding.check for finding in bare if finding.verdict == "not checked"}
    assert {
        "scaling is learnt inside the folds",
        "values are those of the atlas",
        "every training gene is eligible",
    } < (unchecked)
    assert not failed(bare)


def test_trees_of_another_library_are_not_compared(clean):
    other = {name: replace(own, same_library=False) for name, own in clean.fitted.items()}
    verdicts = {finding.check: finding.verdict for finding in audit(replace(clean, fitted=other))}
    assert verdicts.pop("trees are learnt inside the folds") == "not checked"
    assert set(verdicts.values()) == {"pass"}


def test_two_classes_have_their_own_optimum(clean):
    """Positive-unlabelled labels: the logistic of one row of coefficients."""
    two = clean.called.replace({"down": "ambiguous"})
    status = clean.status[clean.status != "down"]
    assert not faults(example.fitted(replace(clean, called=two, status=status)))
    assert isinstance(clean.fitted[MODEL].model.branches["linear"][0, 1], LinearClassifier)
