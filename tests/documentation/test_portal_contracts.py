"""The portal reads what the services answer."""

import pytest

from deploy.documentation.portal_contracts import SERVICES, models, module


@pytest.mark.parametrize("service", SERVICES)
def test_the_models_of_the_portal_are_those_of_the_service(service: str) -> None:
    assert module(service).read_text() == models(service), "run `make docs`"
