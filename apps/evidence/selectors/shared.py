"""Files that other enterprises have uploaded, too, byte for byte: a borrowed proof, or one put in by mistake."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from apps.core.actor import Actor
from apps.core.scoping import acting_as
from apps.evidence.models import EvidenceFile, EvidenceUse
from apps.evidence.states import BY_ENTERPRISE


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of an application that `others` other enterprises hold as well; `named` are those the reader may see."""

    public_id: str
    name: str
    others: int
    named: tuple[str, ...]


@transaction.atomic
def shared_files(*, actor: Actor, application_ids: Collection[int]) -> dict[int, tuple[SharedFile, ...]]:
    """Return application id → the files in it that other enterprises hold, too, by digest; constant queries.

    How many others there are is counted across all jurisdictions; who they are is told only of enterprises whose
    files the reader may see anyway.
    """
    own = {
        (application_id, public_id): (name, digest, enterprise_id)
        for application_id, public_id, name, digest, enterprise_id in EvidenceUse.objects.visible_to(actor)
        .filter(application_id__in=list(application_ids), origin=BY_ENTERPRISE)
        .order_by("file_id")
        .values_list(
            "application_id", "file__public_id", "file__display_name", "file__digest", "file__enterprise_id"
        )
    }
    digests = {digest for _, digest, _ in own.values()}
    if not digests:
        return {}
    same = EvidenceFile.objects.filter(digest__in=digests, origin=BY_ENTERPRISE)
    # Counted as the system because a borrowed file mostly comes from elsewhere; only the number leaves this block.
    with acting_as(Actor.system(), then=actor):
        held = dict(
            same.values("digest")
            .annotate(holders=Count("enterprise_id", distinct=True))
            .filter(holders__gt=1)
            .values_list("digest", "holders")
        )
    if not held:
        return {}
    named: dict[str, dict[int, str]] = {}
    for digest, enterprise_id, name in (
        same.filter(digest__in=held)
        .visible_to(actor)
        .order_by("enterprise_id")
        .values_list("digest", "enterprise_id", "enterprise__name")
    ):
        named.setdefault(digest, {})[enterprise_id] = name
    found: dict[int, list[SharedFile]] = {}
    for (application_id, public_id), (file_name, digest, enterprise_id) in own.items():
        if digest in held:
            others = tuple(name for pk, name in named.get(digest, {}).items() if pk != enterprise_id)
            found.setdefault(application_id, []).append(
                SharedFile(public_id, file_name, held[digest] - 1, others)
            )
    return {application_id: tuple(files) for application_id, files in found.items()}
