from dataclasses import replace

from rarml.report.audit_rows import audit_headline, audit_view
from rarml.report.model_card import model_card
from rarml.report.train_report import train_html

LEAK = {"check": "no treated track", "verdict": "fail", "found": "The first is <b>'MCF-7_ATRA'</b>."}


def test_a_failed_audit_is_red_and_said_at_the_top(train_example, read_page):
    page = train_html(replace(train_example, audit=(*train_example.audit, LEAK)))
    read_page(page)
    top = page[page.index('id="short"') : page.index('id="labels"')]
    assert '<strong class="bad">✗ Leakage audit FAILED' in top
    assert '<span class="badge bad">✗ fail</span>' in page
    assert "<b>'MCF" not in page


def test_a_passed_audit_says_how_many_checks_and_is_not_red(train_example, read_page):
    page = train_html(train_example)
    read_page(page)
    assert "Leakage audit passed (1 pass, 1 warn)." in page
    assert 'class="badge bad"' not in page
    assert 'href="#audit"' in page


def test_the_worst_finding_comes_first_and_no_audit_shows_nothing(train_example):
    rows = audit_view((*train_example.audit, LEAK))["rows"]
    assert [row["verdict"] for row in rows] == ["fail", "warn", "pass"]
    assert audit_headline(()) == ""
    assert "audit" not in train_html(replace(train_example, audit=()))


def test_the_model_card_lists_the_findings(train_example):
    card = model_card(replace(train_example, audit=(LEAK,)))
    assert "## Leakage audit" in card
    assert "Leakage audit FAILED (1 fail): no treated track" in card
    assert "| ✗ fail | no treated track |" in card
