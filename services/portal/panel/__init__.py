"""The staff panel: sign in, queues, reports, every action, new reports on somebody's behalf."""

from services.portal.panel import acting, manual, queue, report, requests, sign_in, x_post

routers = [
    sign_in.router,
    queue.router,
    manual.router,
    x_post.router,
    report.router,
    requests.router,
    acting.router,
]
