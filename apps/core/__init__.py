"""核心 (core): the kernel every room stands on — actors, time, errors, lifecycles, row scoping.

Owns no business noun and no clause. May call `policy` only; every other room may call it. At most ten modules
beside the management commands (charter: a helper used by one room belongs to that room).
"""
