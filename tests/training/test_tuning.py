"""Studies with planted losses, and the honest loss on inner folds."""

import json
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from rarml.core.errors import InputError, MissingPartError, SettingsError
from rarml.training.crossfit import CrossfitSettings
from rarml.training.inner_folds import InnerFolds
from rarml.training.search_space import Parameter
from rarml.training.study_store import open_storage, open_study
from rarml.training.tuning import Tuner, best_values, importance, trial_rows

SPACE = {
    "x": Parameter(type="float", low=-3, high=3),
    "n": Parameter(type="int", low=1, high=9),
    "kind": Parameter(type="categorical", choices=("a", "b")),
}
DEFAULT = {"x": 2.5, "n": 9, "kind": "b"}
DIGEST = {"labels": "1", "search space": "2"}


def planted(values, _random):
    """Least (0) at x = 1, n = 3, kind a, seen at once and in three equal steps."""
    loss = (values["x"] - 1) ** 2 + abs(values["n"] - 3) / 8 + (values["kind"] == "b")
    yield from (loss, loss, loss)


def tuner(n_trials=60, **changes):
    return Tuner(
        **{"space": SPACE, "default": DEFAULT, "n_trials": n_trials, "startup": 8, "prune": True, "seed": 0, **changes}
    )


def searched(folder, one, losses=planted, name="s"):
    with open_storage(folder / "study.journal", None) as storage:
        study = open_study(storage, name, DIGEST, alone=True)
        for _ in one.run(study, losses):
            pass
        return trial_rows(study), best_values(study, DEFAULT), importance(study)


def untimed(rows):
    return [(row.state, row.default, row.steps, row.values) for row in rows]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return searched(tmp_path_factory.mktemp("whole"), tuner())


def test_a_planted_optimum_is_found_and_the_default_comes_first(whole):
    rows, (best, loss), shares = whole
    assert (rows[0].default, rows[0].values, rows[0].state) == (True, DEFAULT, "complete")
    assert sum(row.default for row in rows) == 1
    assert abs(best["x"] - 1) < 0.3
    assert best["kind"] == "a"
    assert loss == min(row.loss for row in rows if row.state == "complete") < 0.4
    assert max(shares, key=shares.get) == "x"
    assert sum(shares.values()) == pytest.approx(1)


def test_hopeless_trials_are_stopped_and_recorded(whole):
    pruned = [row for row in whole[0] if row.state == "pruned"]
    assert pruned
    assert all(0 < len(row.steps) < 3 and row.loss == row.steps[-1] for row in pruned)
    assert all(len(row.steps) == 3 for row in whole[0] if row.state == "complete")


def test_two_searches_agree_and_another_seed_differs(whole, tmp_path):
    again, *_ = searched(tmp_path, tuner(12))
    assert untimed(again) == untimed(whole[0][:12])
    other, *_ = searched(tmp_path, tuner(3, seed=1), name="other")
    assert [row.values for row in other[1:]] != [row.values for row in whole[0][1:3]]


def test_a_search_killed_in_the_middle_of_a_trial_ends_as_if_it_had_not_been(whole, tmp_path):
    judged = 0

    def dies(values, random):
        nonlocal judged
        judged += 1
        if judged == 9:
            raise KeyboardInterrupt
        yield from planted(values, random)

    with pytest.raises(KeyboardInterrupt):
        searched(tmp_path, tuner(12), dies)
    # what a killed process leaves: a trial that still runs, Optuna's lock, and half a line
    journal = tmp_path / "study.journal"
    with open_storage(journal, None) as storage:
        open_study(storage, "s", DIGEST, alone=True).ask()
    (tmp_path / "study.journal.lock").symlink_to(journal)
    with journal.open("a") as handle:
        handle.write('{"op_code": 5, "wor')
    rows, *_ = searched(tmp_path, tuner(12))
    assert [row.state for row in rows].count("failed") == 2
    assert untimed([row for row in rows if row.state != "failed"]) == untimed(whole[0][:12])


def test_the_number_of_trials_is_a_total(whole, tmp_path):
    searched(tmp_path, tuner(4))
    assert len(searched(tmp_path, tuner(4))[0]) == 4
    more, *_ = searched(tmp_path, tuner(6))
    assert untimed(more) == untimed(whole[0][:6])


def test_a_study_of_something_else_is_refused_and_its_parts_are_named(tmp_path):
    searched(tmp_path, tuner(1))
    with (
        open_storage(tmp_path / "study.journal", None) as storage,
        pytest.raises(InputError, match="made with other search space"),
    ):
        open_study(storage, "s", {**DIGEST, "search space": "other"}, alone=True)


def test_one_journal_is_for_one_run_at_a_time(tmp_path):
    journal = tmp_path / "study.journal"
    with open_storage(journal, None), pytest.raises(InputError, match="another run"), open_storage(journal, None):
        pass
    with open_storage(journal, None):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.journal"]


def test_workers_share_a_database_and_its_total(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    url = f"sqlite:///{tmp_path / 'tuning.db'}"
    with open_storage(tmp_path / "none", url) as storage:
        open_study(storage, "s", DIGEST, alone=False)

    def work(_):
        with open_storage(tmp_path / "none", url) as storage:
            study = open_study(storage, "s", DIGEST, alone=False)
            for _ in tuner(8).run(study, planted):
                pass
            return [row.values for row in trial_rows(study) if row.state != "failed"]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, range(2))
    assert first == second
    assert len(first) == 8
    assert len({json.dumps(values) for values in first}) == 8


def test_wrong_databases_are_clear_errors(tmp_path):
    for url, kind, said in (
        ("nonsense", SettingsError, "not the URL of a database"),
        (f"sqlite:///{tmp_path}/no/such/folder.db", InputError, "cannot be used"),
    ):
        with pytest.raises(kind, match=said), open_storage(tmp_path / "none", url):
            pass
    (tmp_path / "torn.journal").write_text('{"op_code": 99}\nnot json\n{"op_code": 0}\n')
    with pytest.raises(InputError, match="damaged"), open_storage(tmp_path / "torn.journal", None):
        pass
    url = "postgresql+pg8000://h/x"  # a driver that nothing here installs
    with pytest.raises(MissingPartError, match="driver"), open_storage(tmp_path / "none", url):
        pass


@pytest.fixture(scope="module")
def inner():
    """300 genes whose second column tells the class, in 5 folds."""
    rng = np.random.default_rng(0)
    codes = rng.integers(3, size=300)
    values = rng.normal(size=(300, 6)).astype(np.float32)
    values[:, 1] += 2 * codes
    columns = [f"composition:{i}" for i in range(3)] + [f"expression:{i}" for i in range(3)]
    return InnerFolds(
        values,
        columns,
        codes,
        np.arange(300) % 5,
        np.zeros((300, 5), bool),
        5,
        ("up", "down", "unresponsive"),
        seed=0,
        threads=1,
    )


QUICK = CrossfitSettings.model_validate(
    {"n_folds": 5, "gradient": {"n_rounds": 4, "learning_rate": 0.5}, "linear": {"C": 1.0}}
)


def with_labels(inner, codes):
    return InnerFolds(inner.values, inner.columns, codes, inner.fold, inner.kin, 5, inner.classes, seed=0, threads=1)


def test_every_fold_is_judged_twice_and_the_held_out_one_never(inner):
    for held_out in (None, 2):
        seen = [k for pair in inner.pairs(held_out) for k in pair]
        assert {seen.count(k) for k in range(5) if k != held_out} == {2}
        assert held_out not in seen


def test_the_loss_beats_the_base_rates_and_is_the_same_on_any_number_of_threads(inner):
    losses = list(inner.losses(QUICK, None))
    assert len(losses) == 5
    assert losses[-1] < 0.9 * np.log(3)
    inner.threads = 3
    assert list(inner.losses(QUICK, None)) == losses
    inner.threads = 1
    assert list(islice(inner.losses(QUICK, None), 2)) == losses[:2]


def test_labels_of_the_held_out_fold_do_not_touch_the_loss(inner):
    poisoned = np.where(inner.fold == 2, (inner.codes + 1) % 3, inner.codes)
    assert list(with_labels(inner, poisoned).losses(QUICK, 2)) == list(inner.losses(QUICK, 2))
    assert list(with_labels(inner, poisoned).losses(QUICK, 3)) != list(inner.losses(QUICK, 3))


def test_relatives_of_the_held_out_fold_do_not_touch_the_loss(inner):
    kin = np.zeros((300, 5), dtype=bool)
    related = (inner.fold == 0) & (np.arange(300) < 100)
    kin[related, 2] = True
    poisoned = np.where(related, (inner.codes + 1) % 3, inner.codes)
    before, after = (
        list(replace(inner, codes=codes, kin=kin, _known={}).losses(QUICK, 2)) for codes in (inner.codes, poisoned)
    )
    assert before == after
    assert list(replace(inner, codes=poisoned, kin=kin, _known={}).losses(QUICK, 3)) != list(inner.losses(QUICK, 3))


def test_labels_without_signal_are_judged_at_no_less_than_their_base_rates(inner):
    shuffled = with_labels(inner, np.random.default_rng(1).permutation(inner.codes))
    assert list(shuffled.losses(QUICK, None))[-1] > np.log(3) - 0.02


def test_fits_that_are_remembered_give_the_same_loss(inner):
    apart = [list(inner.losses(QUICK, k)) for k in (0, 1)]
    assert [list(inner.losses(QUICK, k, keep=True)) for k in (0, 1)] == apart
    assert len(inner._known) < 8  # of 4 fits for each held-out fold, some are the same
    inner._known.clear()


def test_too_few_folds_or_genes_are_an_error(inner):
    few = InnerFolds(
        inner.values, inner.columns, inner.codes, np.arange(300) % 3, np.zeros((300, 3), bool), 3, inner.classes, seed=0
    )
    few.require([None])
    with pytest.raises(InputError, match=r"no .* genes are left.*--no-nested"):
        few.require([0])
