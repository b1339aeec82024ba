"""评分 (scoring): evaluation systems, benchmark values and score sheets.

Owns: schemes, benchmarks, sheets and entries. Clauses: R-02, R-07, R-15, R-19. Arithmetic is `apps.policy.evaluation`.
"""
