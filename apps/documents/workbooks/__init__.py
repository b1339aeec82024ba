"""The bureaus' own layouts and every list as a spreadsheet: columns and rows; writing them is `sheets.py`."""
