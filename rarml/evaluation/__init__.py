"""Metrics with intervals, and audits of what a model really learnt."""
