"""期限 (deadlines): the one table of obligations, the working calendar and the sweeper.

Owns: obligations and calendar days. Clauses: every dated rule. Upper rooms register how to recompute theirs.
"""
