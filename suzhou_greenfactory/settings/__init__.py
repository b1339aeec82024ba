"""Settings by place: `local` (demo), `test`, `production`. The plan's figures are not settings (apps.policy)."""
