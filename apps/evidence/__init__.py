"""证明材料 (evidence): uploaded files, their digests and where they are used.

Owns: evidence files and their uses. Clauses: R-12. Called by `applications` and above; calls `parameters`,
`accounts`, `audit`, `core`.
"""
