"""scikit-learn's estimator checks on everything of rarml that follows its contract: docs/estimator-checks.md.

    python experiments/estimator_checks.py

Each check that scikit-learn would run on an estimator is run and listed: passed, skipped (by scikit-learn itself, with
its reason), or known not to apply (with ours). A check that fails otherwise stops the script.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "estimator-checks.md"
NO_CHECKS = {
    "GeneFeatures": "its input is a list of gene names, where every check gives it a table of random numbers; what the "
    "contract asks of it (`clone`, `get_params`, `set_output`, pipelines, an error before `fit`) is tested by itself "
    "(`tests/api/test_genes.py`)",
    "ChromosomeFolds": "a splitter, for which scikit-learn has no checks; `cross_val_score` with it is tested "
    "(`tests/api/test_genes.py`)",
}
WORDS = {"passed": "pass", "skipped": "skip", "xfail": "does not apply"}


def estimators() -> list[tuple[Any, str, dict[str, str]]]:
    """Estimator, what is set for the few rows of the checks and why, and checks that do not apply with reasons."""
    from rarml.estimators.gradient import GradientClassifier
    from rarml.estimators.linear import LinearClassifier
    from rarml.training.response_classifier import RetinoidResponseClassifier

    four = {"check_dtype_object": "has four classes, and a response has at most three (up, down, unresponsive)"}
    small = GradientClassifier(n_rounds=20, min_child_weight=1.0, reg_lambda=1.0, colsample=1.0)
    quick = RetinoidResponseClassifier(n_folds=3, n_rounds=20, n_jobs=1, least_per_class=1)
    return [
        (quick, "3 folds, 20 rounds and one gene per class at least, since most checks have 30 rows or fewer", four),
        (small, "20 rounds and weaker penalties, for the same reason", {}),
        (LinearClassifier(1.0), "as it is", {}),
    ]


def results() -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Per estimator its name, its settings in words, and what each check came to."""
    from sklearn.utils.estimator_checks import check_estimator

    found = []
    for estimator, settings, expected in estimators():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = check_estimator(estimator, expected_failed_checks=expected, on_skip=None, on_fail=None)
        failed = [row for row in rows if row["status"] == "failed"]
        if failed:
            raise SystemExit(f"{type(estimator).__name__}: {failed[0]['check_name']}: {failed[0]['exception']}")
        found.append((type(estimator).__name__, settings, rows))
    return found


def page() -> str:
    """The page, as Markdown."""
    import sklearn

    found = results()
    lines = [
        "# scikit-learn's estimator checks",
        "",
        "What rarml offers as scikit-learn estimators is held to scikit-learn's own checks in every test run. This "
        "page is written by `experiments/estimator_checks.py`, which runs them; a test keeps it up to date. Every "
        f"check that scikit-learn {sklearn.__version__} has for an estimator is listed. *skip* is scikit-learn's word, "
        "*does not apply* is ours; no check fails otherwise.",
        "",
        "| estimator | checks | pass | skip | does not apply | settings |",
        "|---|---|---|---|---|---|",
    ]
    for name, settings, rows in found:
        numbers = [sum(row["status"] == status for row in rows) for status in WORDS]
        lines.append(f"| `{name}` | {len(rows)} | {' | '.join(map(str, numbers))} | {settings} |")
    lines += ["", "Not held to them:", ""]
    lines += [f"- `{name}`: {why}." for name, why in NO_CHECKS.items()]
    for name, _, rows in found:
        lines += ["", f"## {name}", "", "| check | result | why |", "|---|---|---|"]
        for row in sorted(rows, key=lambda row: (row["check_name"], row["status"])):
            why = row["expected_to_fail_reason"] if row["status"] == "xfail" else ""
            if row["status"] == "skipped":
                why = " ".join(str(row["exception"]).split())
            lines.append(f"| {row['check_name']} | {WORDS[row['status']]} | {why} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
