"""称号 (titles): the register of awarded levels, bans and standing.

Owns: titles, bans, external lists. Clauses: R-01, R-03..R-05, R-11, R-31, R-41. The only room that writes a title.
"""
