"""账户 (accounts): enterprises, bureaus, experts, people and their duties.

Owns: districts, users, enterprises, experts and their links. Clauses: R-06 (tiers), R-13 (属地), R-20 (links).
Called by every room above; calls `audit` (through its service), `core` and `policy`.
"""
