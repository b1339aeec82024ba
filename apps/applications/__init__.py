"""申报 (applications): rounds, applications, exemptions and returned items.

Owns: the life of an application (states.py: read it first). Clauses: R-07..R-14, F-01, F-02, F-20.
"""
