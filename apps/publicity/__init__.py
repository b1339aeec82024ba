"""公示与评定 (publicity): credit checks, notices, objections, recognition.

Owns: credit checks, notices with their frozen entries, objections, recognitions. Clauses: R-23..R-27, F-11..F-14.
"""
