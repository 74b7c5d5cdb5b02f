import pandas as pd

from rarml.workflows.calls import NOT_JUDGED, SILENT, UNCLEAR, call_words, gene_flags
from rarml.workflows.predictions import genome_rank

SHARES = {"up": 0.1, "down": 0.2, "unresponsive": 0.7}


def rows(*values):
    names = ["p_up", "p_up_low", "p_up_high", "p_down", "p_down_low", "p_down_high"]
    return pd.DataFrame(values, columns=names, index=[f"g{i}" for i in range(len(values))])


def words(table, reasons=None):
    reasons = reasons or ["eligible"] * len(table)
    return call_words(table, SHARES, pd.Series(reasons, index=table.index)).tolist()


def test_each_word_by_hand():
    table = rows(
        (0.5, 0.3, 0.7, 0.1, 0.0, 0.2),  # only up above its share
        (0.05, 0.0, 0.2, 0.6, 0.4, 0.8),  # only down
        (0.2, 0.15, 0.3, 0.6, 0.4, 0.8),  # both, down three times as probable
        (0.4, 0.3, 0.5, 0.3, 0.25, 0.4),  # both, neither twice the other
        (0.02, 0.0, 0.09, 0.1, 0.0, 0.19),  # both certainly below
        (0.1, 0.05, 0.3, 0.2, 0.1, 0.4),  # intervals hold the shares
    )
    assert words(table) == ["candidate up", "candidate down", "candidate down", UNCLEAR, "unlikely", "uncertain"]


def test_a_gene_silent_before_treatment_is_not_judged():
    table = rows((0.5, 0.3, 0.7, 0.1, 0.0, 0.2), (0.5, 0.3, 0.7, 0.1, 0.0, 0.2))
    assert words(table, [SILENT, "no sequence"]) == [NOT_JUDGED, "candidate up"]


def test_a_model_without_down_never_says_down():
    table = rows((0.5, 0.3, 0.7, 0, 0, 0))[["p_up", "p_up_low", "p_up_high"]]
    found = call_words(table, {"up": 0.1, "unresponsive": 0.9}, pd.Series("eligible", index=table.index))
    assert found.tolist() == ["candidate up"]


def test_flags_say_what_limits_the_answer():
    index = ["ok", "blind", "far", "silent", "stranger"]
    predictions = pd.DataFrame({"domain": [50.0, 100, 100, 50, 50]}, index=index)
    labels = pd.DataFrame({"eligibility": ["eligible", "no sequence", "eligible", SILENT]}, index=index[:4])
    genes = pd.DataFrame({"has_sequence": [True, False, True, True, True]}, index=index)
    assert gene_flags(predictions, labels, genes).tolist() == [
        "", "no sequence", "out of domain", SILENT, "not in this model's atlas",
    ]  # fmt: skip


def test_rank_counts_the_eligible_genes_above():
    predictions = pd.DataFrame({"p_unresponsive": [0.1, 0.5, 0.9, 0.3]}, index=list("abcd"))
    eligible = pd.Series(["eligible", "eligible", "eligible", "no sequence"], index=list("abcd"))
    assert genome_rank(predictions, eligible).tolist() == [1, 2, 3, 2]
