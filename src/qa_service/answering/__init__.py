"""Evidence to an answer whose every quoted span is verbatim."""
