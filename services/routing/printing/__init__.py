"""Reports and answers on paper: PDFs as one person may read them."""
