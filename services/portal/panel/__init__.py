"""The staff panel: sign in, queues, reports, every action, new reports on somebody's behalf."""

from services.portal.panel import queue, sign_in

routers = [sign_in.router, queue.router]
