"""Word documents (.docx) to documents."""
