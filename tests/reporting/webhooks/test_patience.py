"""How long and how often a receiver that is away is tried, with the time skipped."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.worker import Worker

from services.reporting.webhooks import delivery_names as names
from services.reporting.webhooks.delivery_names import DELAYS, DeliveryRun
from services.reporting.webhooks.delivery_workflow import WebhookDeliveryWorkflow
from services.reporting.webhooks.tasks import SANDBOX
from tests.skipped_time import start_time_skipping


@pytest.mark.parametrize("arrives_at", [None, 4])
async def test_it_is_tried_with_growing_delays_for_more_than_three_days(
    arrives_at: int | None,
) -> None:
    tried: list[datetime] = []
    given_up: list[datetime] = []
    async with await start_time_skipping() as env:

        @activity.defn(name=names.SEND)
        async def send(_: DeliveryRun) -> bool:
            tried.append(await env.get_current_time())
            return len(tried) == arrives_at

        @activity.defn(name=names.GIVE_UP)
        async def give_up(_: DeliveryRun) -> bool:
            given_up.append(await env.get_current_time())
            return True

        async with Worker(
            env.client,
            task_queue=names.TASK_QUEUE,
            workflows=[WebhookDeliveryWorkflow],
            activities=[send, give_up],
            workflow_runner=SANDBOX,
        ):
            ended = await env.client.execute_workflow(
                names.WORKFLOW,
                DeliveryRun(delivery_id=uuid4(), round=1),
                id=f"webhook-{uuid4()}",
                task_queue=names.TASK_QUEUE,
                result_type=str,
            )
    if arrives_at:
        assert (ended, len(tried), given_up) == ("over", arrives_at, [])
        return
    assert (ended, len(tried), len(given_up)) == ("failed", len(DELAYS) + 1, 1)
    waited = [(later - earlier).total_seconds() for earlier, later in pairwise(tried)]
    for seconds, delay in zip(waited, DELAYS, strict=True):
        assert delay <= seconds < delay * 1.1 + 5
    assert sorted(waited) == waited
    assert timedelta(days=3) < tried[-1] - tried[0] < timedelta(days=4)
