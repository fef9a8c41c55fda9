"""PDF files to documents, in reading order."""
