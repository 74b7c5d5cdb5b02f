"""Errors, settings, seeds, files, progress and parallel work; knows no biology."""
