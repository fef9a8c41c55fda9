"""Question to evidence: candidates, one explainable score, highlights, calibrated confidence."""
