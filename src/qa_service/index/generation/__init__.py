"""A generation on disk: written aside, verified, committed whole, opened."""
