"""动态管理 (monitoring): annual forms, rechecks, rectification, cancellation.

Owns: what happens to a title after it is awarded. Clauses: R-28..R-43, F-10, F-15..F-18.
"""
