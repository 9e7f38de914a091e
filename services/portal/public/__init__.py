"""The public site: report, track, act on one's own report, read what is public."""

from services.portal.public.accounts import router as accounts
from services.portal.public.browsing import router as browsing
from services.portal.public.messages import router as messages
from services.portal.public.own_report import router as own_report
from services.portal.public.submission import router as submission
from services.portal.public.tracking import router as tracking

routers = [submission, tracking, messages, own_report, accounts, browsing]
