"""Projects feed the unit that sponsors them: points by grade, and their mean."""

from collections.abc import Sequence
from fractions import Fraction

import attrs

from perfledger.domain.arithmetic import Plain, mean
from perfledger.domain.errors import say
from perfledger.domain.node import Node
from perfledger.domain.scheme import Component, Grade
from perfledger.projections.printing import Printer


@attrs.frozen(kw_only=True)
class Sponsored:
    """A ranked project as its sponsor sees it."""

    unit: str
    name: str
    tier: str
    composite: Fraction
    missing: bool


def grade_points(grade: Grade, composite: Fraction) -> Fraction:
    """Points of a project: linear within the range that its grade gives."""
    points = grade.points + (composite - grade.above) * grade.per_point
    return points if grade.at_most is None else min(points, grade.at_most)


def projects_node(
    printer: Printer, component: Component, scale: Fraction, projects: Sequence[Sponsored]
) -> Node:
    """The mean of the points of all projects that name the unit as sponsor, times `scale`."""
    assert component.projects is not None
    rule = component.projects.rule
    children = tuple(
        printer.node(
            project.unit,
            printer.printed(
                grade_points(component.projects.grades[project.tier], project.composite)
            ),
            rule,
            how=say(
                "{name}: tier {tier}, composite {composite}",
                name=project.name,
                tier=project.tier,
                composite=Plain(project.composite),
            ),
        )
        for project in projects
    )
    value = printer.printed(mean(child.exact for child in children) * scale)
    how = (
        say("mean over the projects ({count})", count=len(children))
        if scale == 1
        else say(
            "mean over the projects ({count}) × {scale}",
            count=len(children),
            scale=Plain(scale),
        )
    )
    return printer.node(component.key, value, component.rule, how=how, children=children)
