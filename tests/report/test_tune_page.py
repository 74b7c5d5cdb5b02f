"""The report of a search in a browser: the shared parts work there too."""

from rarml.report.tune_content import TrialPoint, TuneContent, TunedSetting
from rarml.report.tune_report import tune_html


def test_the_page_opens_without_an_error_and_its_figures_zoom(browser, tmp_path, train_example, read_page):
    trials = tuple(TrialPoint(i, "complete" if i % 3 else "pruned", i == 1, 0.5 - 0.01 * i) for i in range(12))
    content = TuneContent(
        name="sh-sy5y", cell_type="SH-SY5Y", settings=(TunedSetting("model.gradient.max_depth", "2 to 6", "3", "4"),),
        trials=trials, loss=0.4, default_loss=0.49, importance={"model.gradient.max_depth": 1.0},
        metrics=train_example.metrics, verdict=("No clear gain.",), helped=False,
        counts={"complete": 8, "pruned": 4, "failed": 0}, n_studies=1, n_folds=5, genes=4000,
    )  # fmt: skip
    path = tmp_path / "tune.html"
    path.write_text(tune_html(content), encoding="utf-8")
    read_page(path.read_text(encoding="utf-8"))
    for width in (1280, 390):
        with browser.open(path, width=width) as tab:
            assert tab.overflow() == 0
            assert len(tab.texts("figure .zoom")) == 2
            assert "trial 1: 0.4900 (default settings)" in tab.run(
                "Array.from(document.querySelectorAll('[data-tip]'), e => e.dataset.tip)"
            )
            tab.click("figure .zoom button")
            tab.click("#t-metrics th:nth-child(3) button")
            assert tab.errors == []
            assert tab.requests == []
