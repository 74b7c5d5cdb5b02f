import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.evaluation.tasks import TASKS, classes_of, task_scores, tasks_of

PROBA = pd.DataFrame(
    {
        "p_up": [0.6, 0.1, 0.2, 0.0, 0.3],
        "p_down": [0.2, 0.5, 0.0, 0.0, 0.3],
        "p_unresponsive": [0.2, 0.4, 0.8, 1.0, 0.4],
    },
    index=list("abcde"),
)
STATUS = pd.Series({"c": "unresponsive", "b": "down", "a": "up", "d": "ambiguous", "x": "up"})


@pytest.mark.parametrize(
    ("task", "genes", "truth", "score"),
    [
        ("up v unresponsive", "ac", [True, False], [0.75, 0.2]),
        ("down v unresponsive", "bc", [True, False], [5 / 9, 0]),
        ("up v down", "ab", [True, False], [0.75, 1 / 6]),
        ("responsive v unresponsive", "abc", [True, True, False], [0.8, 0.6, 0.2]),
    ],
)
def test_genes_truth_and_score_of_each_task(task, genes, truth, score):
    used, found, scores = task_scores(task, PROBA, STATUS)
    assert "".join(PROBA.index[used]) == genes
    assert found.tolist() == truth
    assert scores == pytest.approx(score)


def test_nothing_said_is_one_half_and_missing_stays_missing():
    status = pd.Series({"c": "down", "d": "up", "e": "up"})
    proba = PROBA.copy()
    proba.loc["e", "p_up"] = np.nan
    _, _, score = task_scores("up v down", proba, status)
    assert score[1] == 0.5
    assert np.isnan(score[2])


def test_a_model_is_only_asked_what_it_can_answer():
    assert tasks_of(["unresponsive", "down", "up"]) == list(TASKS)
    assert tasks_of(["up", "unresponsive"]) == ["up v unresponsive"]
    assert tasks_of(["unresponsive"]) == []
    assert classes_of(PROBA[["p_unresponsive", "p_up"]]) == ("up", "unresponsive")


def test_bad_tasks_are_named():
    with pytest.raises(InputError, match="did you mean 'up v down'"):
        task_scores("up v dwn", PROBA, STATUS)
    with pytest.raises(InputError, match="p_down"):
        task_scores("up v down", PROBA[["p_up", "p_unresponsive"]], STATUS)
