"""The service in the shapes of others: each module translates between one of them and records."""
