"""One immutable, checksummed generation of words, vectors and texts: built, proved, searched."""
