"""Text out of DOCX, PDF and TXT, read in a process of its own."""
