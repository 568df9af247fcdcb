"""Demonstrations: an engine, data, settings with their ranges, and the facts they prove."""
