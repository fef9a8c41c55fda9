"""Words: how texts are analysed, and BM25 over their terms."""
