"""后台任务 (jobs): long work with owner, progress, result and error.

Owns: jobs and heartbeats. Called by rooms that render, export or import; calls `core`.
"""
