"""The demo world: fictitious enterprises led through every life by the services, with a clock that moves.

Nothing is inserted into an end state: whatever the demo shows was reached the way people reach it.
"""
