"""One study: the tree-structured Parzen estimator looks for settings of least loss, trial by trial."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rarml.core.seeds import child_seed
from rarml.training.search_space import Space
from rarml.training.study_store import fail_stale

if TYPE_CHECKING:
    import optuna

Losses = Callable[[Mapping[str, Any], bool], Iterator[float]]
"""Values by path and whether the trial is a random one -> running loss after each inner step."""
_POLL = 1.0
_PRUNE_FROM = 5


class _SurplusError(Exception):
    """Another worker has taken the last trial of the total."""


@dataclass(frozen=True)
class TrialRow:
    """One finished, pruned or failed trial.

    Attributes
    ----------
    number : int
        In the order of asking.
    state : str
        ``complete``, ``pruned`` or ``failed``.
    default : bool
        Whether its values are the present ones of the configuration.
    loss : float or None
        Mean log loss over all inner folds; of a pruned trial, over those it reached.
    steps : tuple of float
        Running loss after each inner fit.
    values : dict
        Value per path.
    seconds : float or None
        Time taken.
    """

    number: int
    state: str
    default: bool
    loss: float | None
    steps: tuple[float, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    seconds: float | None = None


@dataclass(frozen=True)
class Tuner:
    """What to search and how.

    Attributes
    ----------
    space : mapping of str to Parameter
        Path of a setting to how it is searched.
    default : mapping of str to value
        Present values; tried first if they lie in the space.
    n_trials : int
        Trials in total, those of earlier runs and other workers included; failed ones do not count.
    startup : int
        Trials drawn at random before the estimator takes over.
    prune : bool
        Stop trials early whose running loss is above the median of earlier trials at the same step.
    seed : int
        Root seed. Each trial draws from a stream of its own, so that a study that was stopped goes on as if it had not
        been.
    """

    space: Space
    default: Mapping[str, Any]
    n_trials: int
    startup: int
    prune: bool
    seed: int

    @property
    def tries_default(self) -> bool:
        """Whether the present values lie in the space, so that the first trial can be theirs."""
        return all(parameter.holds(self.default.get(path)) for path, parameter in self.space.items())

    def run(self, study: optuna.Study, losses: Losses) -> Iterator[None]:
        """Run trials until the study has them all, yielding after each; waits for those of other workers."""
        import optuna

        study.pruner = (
            optuna.pruners.MedianPruner(n_startup_trials=_PRUNE_FROM, n_warmup_steps=1)
            if self.prune
            else optuna.pruners.NopPruner()
        )
        states = optuna.trial.TrialState

        def objective(trial: optuna.Trial) -> float:
            return self._judge(study, trial, losses)

        while True:
            trials = study.get_trials(deepcopy=False)
            busy = sum(trial.state == states.RUNNING for trial in trials)
            done = sum(trial.state in (states.COMPLETE, states.PRUNED) for trial in trials)
            if done >= self.n_trials:
                return
            if done + busy < self.n_trials:
                study.optimize(objective, n_trials=1, catch=(_SurplusError,))
                yield
            else:
                time.sleep(_POLL)
                fail_stale(study)

    def _judge(self, study: optuna.Study, trial: optuna.Trial, losses: Losses) -> float:
        import optuna

        earlier = [
            other
            for other in study.get_trials(deepcopy=False)
            if other.number < trial.number and other.state != optuna.trial.TrialState.FAIL
        ]
        index = len(earlier)
        if index >= self.n_trials:
            raise _SurplusError
        # a trial of another worker that has not yet said what it is may be the default
        default = self.tries_default and all(other.user_attrs.get("default") is False for other in earlier)
        trial.set_user_attr("default", default)
        study.sampler = self._sampler(index, default)
        values = {path: _suggest(trial, path, parameter.distribution()) for path, parameter in self.space.items()}
        loss = float("nan")
        steps = losses(values, index < self.startup)
        try:
            for step, loss in enumerate(steps):
                trial.report(loss, step)
                # the default is what the others are compared with: it is always finished
                if not default and trial.should_prune():
                    raise optuna.TrialPruned
        finally:
            close = getattr(steps, "close", None)
            if close is not None:
                close()
        return loss

    def _sampler(self, index: int, default: bool) -> optuna.samplers.BaseSampler:
        import optuna

        sampler = optuna.samplers.TPESampler(
            n_startup_trials=self.startup,
            multivariate=False,
            constant_liar=True,
            seed=child_seed(self.seed, "trial", index),
        )
        if not default:
            return sampler
        return optuna.samplers.PartialFixedSampler(dict(self.default), sampler)


def _suggest(trial: optuna.Trial, path: str, how: optuna.distributions.BaseDistribution) -> Any:
    import optuna

    if isinstance(how, optuna.distributions.CategoricalDistribution):
        return trial.suggest_categorical(path, how.choices)
    if isinstance(how, optuna.distributions.IntDistribution):
        return trial.suggest_int(path, how.low, how.high, step=how.step, log=how.log)
    assert isinstance(how, optuna.distributions.FloatDistribution)
    return _tidy(trial.suggest_float(path, how.low, how.high, step=how.step, log=how.log))


def _tidy(value: Any) -> Any:
    """Floats of 6 digits, so that what is judged, written and trained is one and the same readable number."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def best_values(study: optuna.Study, default: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
    """Values and loss of the best whole trial; the default's own among equals, as it came first."""
    best = min(
        (row for row in trial_rows(study) if row.state == "complete"),
        key=lambda row: (row.loss, not row.default, row.number),
    )
    return {path: best.values[path] for path in default}, float(best.loss or 0.0)


def trial_rows(study: optuna.Study) -> list[TrialRow]:
    """All trials that ended, in order."""
    names = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}
    rows = []
    for trial in study.get_trials(deepcopy=False):
        if trial.state.name not in names:
            continue
        steps = tuple(value for _, value in sorted(trial.intermediate_values.items()))
        taken = trial.duration.total_seconds() if trial.duration is not None else None
        rows.append(
            TrialRow(
                trial.number,
                names[trial.state.name],
                bool(trial.user_attrs.get("default")),
                trial.value if trial.state.name == "COMPLETE" else (steps[-1] if steps else None),
                steps,
                {path: _tidy(value) for path, value in trial.params.items()},
                taken,
            )
        )
    return rows


def importance(study: optuna.Study) -> dict[str, float]:
    """Share of each setting in what sets the best fifth of trials apart (PED-ANOVA, arXiv:2304.10255).

    Empty with fewer than 10 whole trials, or one setting only.
    """
    import optuna

    complete = [row for row in trial_rows(study) if row.state == "complete"]
    if len(complete) < 10 or len(complete[0].values) < 2:
        return {}
    try:
        evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=0.2)
    except TypeError:  # its name in Optuna 4
        evaluator = optuna.importance.PedAnovaImportanceEvaluator(baseline_quantile=0.2)
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {path: float(share) for path, share in found.items()}
