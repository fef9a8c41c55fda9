"""Bytes to text, where the text leaves no doubt of its encoding."""
