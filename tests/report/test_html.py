import base64
import hashlib
import json
import re

import pytest

from rarml.report.html import embedded_json
from rarml.report.train_report import train_html


def test_only_the_pages_own_script_may_run(train_example):
    page = train_html(train_example)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "a & b", "é \u2028 –"])
def test_embedded_text_comes_back_and_cannot_end_its_element(text):
    made = embedded_json({"x": [text, 1, None]})
    assert json.loads(made) == {"x": [text, 1, None]}
    assert not set("<>&") & set(made)


def test_numbers_that_json_lacks_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        embedded_json([float("nan")])
