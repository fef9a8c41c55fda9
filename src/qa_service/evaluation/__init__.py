"""Labelled questions, metrics, comparison with a committed baseline, and the reports of them."""
