"""Parsing in a process of its own, limited in time, memory and in what it may do."""
