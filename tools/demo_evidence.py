"""Make the demo's sample of evidence from its HTML: `python tools/demo_evidence.py` (run again after editing it)."""

from __future__ import annotations

from pathlib import Path

from weasyprint import HTML

_FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "demo_evidence"


def main() -> None:
    """Write `factory-evidence-sample.pdf` beside its HTML."""
    source = _FOLDER / "factory-evidence-sample.html"
    HTML(filename=source).write_pdf(source.with_suffix(".pdf"))


if __name__ == "__main__":
    main()
