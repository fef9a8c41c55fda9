"""What does a setting change? Several sets of settings, one evaluation each, paired differences."""
