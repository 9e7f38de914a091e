"""The public site: report, track, act on one's own report, read what is public."""

from services.portal.public import accounts, browsing, home, own_report, submission, tracking

routers = [
    home.router,
    submission.router,
    tracking.router,
    own_report.router,
    accounts.router,
    browsing.router,
]
