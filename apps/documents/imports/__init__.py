"""Reading spreadsheets of others into the platform: one kit, and one small declaration per kind of import."""
