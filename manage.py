#!/usr/bin/env python3
"""Django's command line; `demo`, `test` and `bench` first make what they need (see bootstrap)."""

import os
import sys


def main() -> int:
    """Hand over to the set-up commands or to the project's own Python when needed; else be Django."""
    if sys.version_info < (3, 11):  # noqa: UP036  (said in words to whoever starts it with an older one)
        print("需要 Python 3.11 或更高版本；当前是 " + sys.version.split()[0], file=sys.stderr)
        return 1
    if os.name != "posix":
        print("需要 Linux 或 macOS；Windows 请使用 WSL。", file=sys.stderr)
        return 1
    from suzhou_greenfactory.bootstrap import handover

    code = handover.take_over(sys.argv)
    if code is not None:
        return code

    from django.core.management import execute_from_command_line

    return handover.explain_missing_services(lambda: execute_from_command_line(sys.argv))


if __name__ == "__main__":
    sys.exit(main())
