"""The staff panel: sign in, queues, reports, every action, new reports on somebody's behalf."""

from services.portal.panel.account import router as account
from services.portal.panel.account_setup import router as getting_in
from services.portal.panel.agency_finding import router as agency_finding
from services.portal.panel.answer_templates import router as answer_templates
from services.portal.panel.bell import router as bell
from services.portal.panel.bulk import router as bulk
from services.portal.panel.closed_days import router as closed_days
from services.portal.panel.downloads import router as downloads
from services.portal.panel.imports import router as imports
from services.portal.panel.leaders import router as leaders
from services.portal.panel.letterhead import router as letterhead
from services.portal.panel.management_agencies import router as management_agencies
from services.portal.panel.management_handovers import router as management_handovers
from services.portal.panel.management_log import router as management_log
from services.portal.panel.management_people import router as management_people
from services.portal.panel.manual import router as manual
from services.portal.panel.owed import router as owed
from services.portal.panel.own_settings import router as own_settings
from services.portal.panel.process_times import router as process_times
from services.portal.panel.queue import router as queue
from services.portal.panel.recourse import router as recourse
from services.portal.panel.reference_data import router as reference_data
from services.portal.panel.report import router as report
from services.portal.panel.report_actions import router as acting
from services.portal.panel.requests import router as requests
from services.portal.panel.second_person import router as second_person
from services.portal.panel.settings import router as settings
from services.portal.panel.sign_in import router as sign_in
from services.portal.panel.stand_ins import router as stand_ins
from services.portal.panel.statistics import router as statistics
from services.portal.panel.unreached import router as unreached
from services.portal.panel.webhooks import router as webhooks
from services.portal.panel.x_post import router as x_post

# `acting` accepts any name as an action, so it comes last.
routers = [
    sign_in,
    getting_in,
    owed,
    queue,
    bulk,
    agency_finding,
    unreached,
    manual,
    x_post,
    stand_ins,
    management_people,
    management_agencies,
    leaders,
    management_handovers,
    management_log,
    second_person,
    account,
    bell,
    own_settings,
    settings,
    reference_data,
    recourse,
    process_times,
    closed_days,
    imports,
    letterhead,
    answer_templates,
    webhooks,
    downloads,
    statistics,
    report,
    requests,
    acting,
]
