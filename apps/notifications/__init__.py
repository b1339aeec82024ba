"""通知 (notifications): the outbox, in-site messages and their delivery.

Owns: messages and deliveries. Clauses: R-39 and every notice to a party. Called by every room above; calls `core`.
"""
