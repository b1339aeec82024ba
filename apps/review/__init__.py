"""评审 (review): district scoring, filing and recommendation, and the expert panel.

Owns: preliminary reviews, filings, recommendations, panels, site visits. Clauses: R-15..R-22, F-04..F-10.
"""
