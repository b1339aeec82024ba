"""抽查 of the districts' recheck results: a committed pool, a seed from a secret and a later public value (六（二）).

The same method as the draw of a panel (:mod:`apps.policy.draw`, docs/policy/draw.md), stratified by district. A change
of any rule here is a new ``ALGORITHM`` name, so that old records stay repeatable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.policy.draw import normalised, seed_of, sha256
from apps.policy.parameters import Parameters
from apps.policy.recheck import draw_sample, sample_size
from apps.policy.rules import implements
from apps.policy.verdict import Verdict, when

ALGORITHM = "gf-sample-1"


@dataclass(frozen=True, slots=True)
class Stratum:
    """The reported results of one district, by their codes, and how many of them are drawn."""

    district: str
    results: tuple[str, ...]
    size: int

    def as_mapping(self) -> dict[str, object]:
        """The stratum as JSON; the results in the order of their codes."""
        return {"district": self.district, "results": sorted(self.results), "size": self.size}


@dataclass(frozen=True, slots=True)
class SampleCommitment:
    """What is fixed before the public value is known."""

    number: str
    strata: tuple[Stratum, ...]
    source: str
    secret_digest: str

    def as_mapping(self) -> dict[str, object]:
        """What the digest is taken of, as JSON; the districts in the order of their codes."""
        return {
            "algorithm": ALGORITHM,
            "number": self.number,
            "strata": [one.as_mapping() for one in sorted(self.strata, key=lambda one: one.district)],
            "source": self.source,
            "secret_digest": self.secret_digest,
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, published at once."""
        text = json.dumps(self.as_mapping(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(text)


@dataclass(frozen=True, slots=True)
class Sample:
    """The seed and, by district, the codes drawn in the order of their hashes."""

    seed: str
    drawn: Mapping[str, tuple[str, ...]]


@implements("R-35")
def strata_of(by_district: Mapping[str, Sequence[str]], parameters: Parameters) -> tuple[Stratum, ...]:
    """The pool with each district's share by the settings; districts without a result are left out."""
    return tuple(
        Stratum(district, tuple(sorted(results)), sample_size(len(results), parameters))
        for district, results in sorted(by_district.items())
        if results
    )


@implements("R-35")
def draw_spot_checks(commitment: SampleCommitment, *, secret: str, public_value: str) -> Sample:
    """The sample of a commitment; the same for everybody who repeats it.

    ValueError when the secret is not the committed one, the public value is empty or a code repeats.
    """
    if sha256(secret) != commitment.secret_digest:
        raise ValueError("The secret is not the one that was committed to")
    if not normalised(public_value):
        raise ValueError("A draw needs a public value")
    seed = seed_of(commitment.digest, secret, public_value)
    drawn = draw_sample(
        {one.district: one.results for one in commitment.strata},
        seed=seed,
        sizes={one.district: one.size for one in commitment.strata},
    )
    return Sample(seed, drawn)


@implements("R-35")
def may_commit_sample(commitment: SampleCommitment) -> Verdict:
    """May this draw be committed? There is a source for the value and something to draw from."""
    return Verdict.all_of(
        when(
            not commitment.source.strip(),
            "R-35",
            "须事先写明公开数值的来源和期次。",
            "例如：中国福利彩票双色球第2026135期开奖号码。",
        ),
        when(
            not commitment.strata,
            "R-35",
            "所选时段内没有可以抽查的复核结果。",
            "请调整报送时段；已抽中过的结果和正在整改的企业不再抽取。",
        ),
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a spot check says about the district's result. ``difference``: city minus district, in points."""

    same_conclusion: bool
    difference: Decimal
    reasons: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """No reason to doubt the district's result."""
        return not self.reasons


@implements("R-35")
def compare_results(
    *,
    district_score: Decimal,
    district_passed: bool,
    city_score: Decimal,
    city_passed: bool,
    parameters: Parameters,
) -> Comparison:
    """复查结果与属地复核结果是否一致: the same conclusion, and scores closer than the setting for a site visit."""
    difference = city_score - district_score
    reasons = []
    if district_passed != city_passed:
        reasons.append(
            f"属地复核结论为{'符合' if district_passed else '不符合'}评价要求，"
            f"抽查结论为{'符合' if city_passed else '不符合'}评价要求。"
        )
    if abs(difference) >= parameters.sample_difference_points:
        reasons.append(
            f"抽查得分{city_score:.2f}分与属地复核得分{district_score:.2f}分相差{abs(difference):.2f}分，"
            f"达到{parameters.sample_difference_points}分。"
        )
    return Comparison(district_passed == city_passed, difference, tuple(reasons))
