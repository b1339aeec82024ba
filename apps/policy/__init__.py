"""The plan as code: 《苏州市绿色工厂建设实施方案（试行）》 in pure functions.

Owns: the plan's clauses and rules, the levels, the arithmetic of deadlines, the dated parameters'
definitions, and every decision "may this be done, and if not, by which clause". Frozen dataclasses and plain
values go in, a :class:`~apps.policy.verdict.Verdict` or a value comes out.

May be called by every room. May import nothing but the standard library and itself: no framework, no clock,
no input or output. The day and the instant are arguments; a day is a day in Shanghai, an instant is
timezone-aware.
"""
