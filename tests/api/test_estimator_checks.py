"""docs/estimator-checks.md lists what scikit-learn's checks come to."""

import runpy
from pathlib import Path

import pytest
import sklearn

REPO = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_page_is_up_to_date():
    written = (REPO / "docs" / "estimator-checks.md").read_text(encoding="utf-8")
    if f"scikit-learn {sklearn.__version__} " not in written:
        pytest.skip("the page was written with another scikit-learn, whose checks are others")
    made = runpy.run_path(str(REPO / "experiments" / "estimator_checks.py"))["page"]()
    assert made == written, "run python experiments/estimator_checks.py"
