"""The HTTP front door: it translates between JSON and the service, and decides nothing else."""
