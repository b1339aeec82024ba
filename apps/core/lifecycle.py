"""The life of a thing as a table that can be printed: buttons, checks and diagrams come from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apps.core.actor import DUTY_LABELS, ROLE_LABELS, Actor, Duty, Role
from apps.core.errors import Forbidden, WrongStep


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow: who may do what, from where to where, under which rule of the plan."""

    event: str
    label: str
    sources: frozenset[str]
    target: str
    roles: frozenset[Role]
    rule: str
    duties: frozenset[Duty] = field(default_factory=frozenset)

    def open_to(self, actor: Actor) -> bool:
        """Return whether *actor*'s role and duty may take this arrow."""
        return actor.role in self.roles and (
            actor.role is Role.SYSTEM or not self.duties or actor.has(*self.duties)
        )


def arrow(
    event: str,
    label: str,
    sources: Sequence[str],
    target: str,
    roles: Sequence[Role],
    rule: str,
    duties: Sequence[Duty] = (),
) -> Transition:
    """Write one row of a lifecycle table."""
    return Transition(event, label, frozenset(sources), target, frozenset(roles), rule, frozenset(duties))


class Lifecycle:
    """States (code → Chinese label) and transitions of one noun.

    Raises:
        ValueError: at import, for an unknown state or two arrows for one event from one state.
    """

    def __init__(self, name: str, states: Mapping[str, str], transitions: Sequence[Transition]) -> None:
        self.name = name
        self.states = dict(states)
        self.transitions = tuple(transitions)
        self._table: dict[tuple[str, str], Transition] = {}
        for transition in self.transitions:
            for state in (*transition.sources, transition.target):
                if state not in self.states:
                    msg = f"{name}: unknown state {state!r} in {transition.event!r}"
                    raise ValueError(msg)
            for source in transition.sources:
                if (source, transition.event) in self._table:
                    msg = f"{name}: two arrows {transition.event!r} from {source!r}"
                    raise ValueError(msg)
                self._table[source, transition.event] = transition

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Return Django field choices."""
        return list(self.states.items())

    def label(self, state: str) -> str:
        """Return the Chinese label of *state*."""
        return self.states[state]

    def step(self, state: str, event: str, actor: Actor) -> Transition:
        """Return the arrow for *event* from *state*.

        Raises:
            WrongStep: the event is not open in this state.
            Forbidden: it is open, but not to this actor.
        """
        transition = self._table.get((state, event))
        if transition is None:
            label = next((t.label for t in self.transitions if t.event == event), event)
            msg = f"当前状态为「{self.label(state)}」，不能{label}。"
            sources = [
                self.label(t) for step in self.transitions if step.event == event for t in step.sources
            ]
            raise WrongStep(msg, open_in=sources)
        if not transition.open_to(actor):
            who = "、".join(sorted(ROLE_LABELS[role] for role in transition.roles if role is not Role.SYSTEM))
            duty = "、".join(sorted(DUTY_LABELS[d] for d in transition.duties))
            msg = f"「{transition.label}」由{who or '系统'}{f'（{duty}）' if duty else ''}办理。"
            raise Forbidden(msg)
        return transition

    def events_for(self, state: str, actor: Actor) -> list[Transition]:
        """Return the arrows open to *actor* in *state*, in table order."""
        return [t for t in self.transitions if state in t.sources and t.open_to(actor)]

    def mermaid(self) -> str:
        """Return the diagram printed in docs/lifecycles.md."""
        lines = ["stateDiagram-v2"]
        lines += [f'    state "{label}" as {code}' for code, label in self.states.items()]
        for transition in self.transitions:
            lines += [
                f"    {source} --> {transition.target}: {transition.label}({transition.rule})"
                for source in sorted(transition.sources)
            ]
        return "\n".join(lines)
