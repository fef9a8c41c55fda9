"""Documents and passages as a generation keeps them: texts, spans, token counts, repeats."""
