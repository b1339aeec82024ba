"""Owns the arithmetic of evaluation: schemes as data, answers in, explained scores out.

Pure: standard library only, no clock, no input or output. One scoring function (`scoring.score_sheet`) serves
the self, district, expert and recheck sheets, the pages, the API, the exports and the PDF. What a total means
for a level is decided in `apps.policy.levels`, not here.
"""
