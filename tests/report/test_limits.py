from dataclasses import replace

from rarml.report.limits import STANDING, limits


def test_standing_limits_name_promoter_proxy_and_candidate():
    text = " ".join(STANDING)
    for word in ("candidate", "promoter", "proxy", "indirect"):
        assert word in text.lower()


def test_models_add_their_own_limits(score_example):
    nb4 = next(info for info in score_example.models if info.positive_unlabelled)
    assert any(line.startswith("nb4 was trained on a list") for line in limits([nb4]))
    hint = replace(nb4, positive_unlabelled=False)
    assert any("marked experimental" in line for line in limits([hint]))
    assert limits([replace(hint, experimental=False)]) == list(STANDING)
