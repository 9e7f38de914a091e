"""Every part of the bench, in the order of a full run. A new part is registered here alone."""

from typing import Any

from benchmarks.accepting import accepting
from benchmarks.draining import draining
from benchmarks.environments import intake_alone, reports_living
from benchmarks.events import events
from benchmarks.excel import excel
from benchmarks.lives import living, verifying
from benchmarks.part import Part, nothing
from benchmarks.queues import queues
from benchmarks.statistics import statistics

PARTS: tuple[Part[Any], ...] = (
    Part("accepting", intake_alone, accepting),
    Part("draining", intake_alone, draining),
    Part("events", reports_living, events),
    Part("commands", reports_living, verifying),
    Part("lives", reports_living, living),
    Part("queue", nothing, queues),
    Part("excel", nothing, excel),
    Part("statistics", nothing, statistics),
)
