"""Vectors of passages and sentences: how they are searched, chosen and written with FAISS."""
