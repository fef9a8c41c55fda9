"""Files into documents: contained in the corpus, limited in size, decoded exactly.

From the bottom: ``files`` and ``encoding`` give bytes and text, ``text``, ``html``, ``pdf`` and
``docx`` a document each, ``formats`` says which of them reads a file, ``confined`` has it read in a
process of its own, and ``parsing`` and ``walk`` are the doors for whoever indexes a folder.
"""
