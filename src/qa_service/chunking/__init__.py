"""Documents into passages and sentences, within token budgets; pure."""
