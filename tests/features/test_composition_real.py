"""What is known of human promoters must come out of the real ones."""

import gzip
from itertools import islice

import numpy as np
import pandas as pd
import pytest

from rarml.features.composition import promoter_columns
from rarml.features.core_elements import ELEMENTS, score_element
from rarml.features.expression_block import log_level, tau
from rarml.reference.bases import encode

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def promoters(real_data):
    """Base codes of 1,500 real promoters, [-1000, +1000), and their symbols."""
    with gzip.open(real_data / "sequence" / "promoters_tss_pm1kb.fa.gz", "rt") as handle:
        lines = [line.strip() for line in islice(handle, 3000)]
    symbols = [line.split("|")[1] for line in lines[::2]]
    return np.stack([encode(line) for line in lines[1::2]]), symbols


def test_cpg_and_gc_peak_at_the_tss(promoters):
    found = promoter_columns(promoters[0], 1000, islands_from_sequence=False)
    assert np.nanmean(found["core_gc"]) > np.nanmean(found["gc"]) + 0.04
    assert np.nanmean(found["core_cpg_oe"]) > np.nanmean(found["cpg_oe"]) + 0.08


def test_most_promoters_have_high_cpg(promoters):
    classes = promoter_columns(promoters[0], 1000, islands_from_sequence=False)["promoter_class"]
    share = pd.Series(classes).value_counts(normalize=True)
    assert 0.5 < share[2] < 0.8
    assert share[0] < 0.35


def test_elements_are_commoner_at_their_place_than_elsewhere(promoters):
    codes = promoters[0]
    shifted = {"tata": 10, "inr": 0, "ccaat": 12}
    for element in ELEMENTS:
        if element.name not in shifted:
            continue
        here = score_element(codes, 1000, element)
        away = score_element(codes, 500, element)  # the same place 500 bp upstream
        threshold = shifted[element.name] or 0.99
        assert np.nanmean(here > threshold) > 1.3 * np.nanmean(away > threshold), element.name


def test_tau_tells_liver_genes_from_housekeeping(real_data):
    table = pd.read_csv(real_data / "expression" / "hpa_rna_cell_lines_tissues.tsv.gz", sep="\t", index_col=0)
    level = log_level(table.loc[["ENSG00000163631", "ENSG00000111640"]])  # ALB, GAPDH
    albumin, gapdh = tau(level.to_numpy())
    assert albumin > 0.8
    assert gapdh < 0.4
