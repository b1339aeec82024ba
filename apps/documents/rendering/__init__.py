"""How the official papers are made: data (`papers`), templates, fonts and the bounded PDF renderer."""
