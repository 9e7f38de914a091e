"""The public site: report, track, act on one's own report, read what is public."""

from services.portal.public.accounts import router as accounts
from services.portal.public.browsing import router as browsing
from services.portal.public.contact_changes import router as contact_changes
from services.portal.public.language_choice import router as language_choice
from services.portal.public.leader_letter import router as leader_letter
from services.portal.public.lost_password import router as lost_password
from services.portal.public.messages import router as messages
from services.portal.public.own_account import router as own_account
from services.portal.public.own_report import router as own_report
from services.portal.public.submission import router as submission
from services.portal.public.tracking import router as tracking

routers = [
    submission,
    tracking,
    messages,
    contact_changes,
    own_report,
    accounts,
    own_account,
    lost_password,
    leader_letter,
    browsing,
    language_choice,
]
