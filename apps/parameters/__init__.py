"""裁量参数 (parameters): the choices the plan leaves to the bureau, dated and audited.

Owns: values of `apps.policy.parameters` with their effective dates. Clauses: RULES section 8. Calls `audit`, `policy`.
"""
