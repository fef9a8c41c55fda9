"""Files into documents: contained in the corpus, limited in size, decoded exactly."""
