"""The same papers as Word files: templates a bureau can edit, filled with the data that the PDF is made of."""
