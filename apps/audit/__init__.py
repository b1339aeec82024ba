"""审计 (audit): every act, kept for ever, chained by digest.

Owns: audit events and their chain. Clauses: R-44 and all traces. Called by every room above; calls `core` only.
"""
