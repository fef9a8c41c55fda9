"""From a folder of documents to what a generation is written of; what is unchanged is reused."""
