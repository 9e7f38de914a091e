"""Every part of the bench, in the order of a full run. A new part is registered here alone."""

from typing import Any

from benchmarks.accepting import accepting
from benchmarks.at_size import accepting_at_size, downloading
from benchmarks.catching_up import accepting_in_company, burst, sustained
from benchmarks.deadlines import deadlines
from benchmarks.desk import agencies, desk
from benchmarks.desk_stacks import desks
from benchmarks.digests import digests
from benchmarks.disk import disk
from benchmarks.draining import draining
from benchmarks.environments import everything_running, intake_alone, reports_living
from benchmarks.events import events
from benchmarks.excel import excel
from benchmarks.lives import living, verifying
from benchmarks.memory import memory
from benchmarks.part import Part, nothing
from benchmarks.queues import public, queues
from benchmarks.searching import searches
from benchmarks.spike import spike
from benchmarks.statistics import statistics
from benchmarks.telling import telling
from benchmarks.two_sizes import two_sizes

PARTS: tuple[Part[Any], ...] = (
    Part("accepting", intake_alone, accepting),
    Part("draining", intake_alone, draining),
    Part("events", reports_living, events),
    Part("commands", reports_living, verifying),
    Part("lives", reports_living, living),
    Part("spike", reports_living, spike),
    Part("sustained", everything_running, sustained),
    Part("accepting-in-company", everything_running, accepting_in_company),
    Part("telling", everything_running, telling),
    Part("burst", nothing, burst),
    Part("digests", nothing, digests),
    Part("deadlines", nothing, deadlines),
    Part("memory", nothing, memory),
    Part("disk", two_sizes, disk),
    Part("queue", two_sizes, queues),
    Part("search", two_sizes, searches),
    Part("public", two_sizes, public),
    Part("accepting-at-size", two_sizes, accepting_at_size),
    Part("download-at-size", two_sizes, downloading),
    Part("desk", desks, desk),
    Part("desk-agencies", desks, agencies),
    Part("excel", nothing, excel),
    Part("statistics", nothing, statistics),
)
