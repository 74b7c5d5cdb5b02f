"""Plots and self-contained HTML from given numbers; knows no model."""
