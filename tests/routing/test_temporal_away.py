"""While Temporal is away, commands are saved and carried out later; reading goes on."""

from services.routing.app import make_app
from shared.settings import Settings
from tests.routing.country import Country, calling


async def test_a_command_waits_and_its_author_can_ask_for_it(
    country: Country, settings: Settings
) -> None:
    number = await country.report()
    admin = country.header("admin.kab.bandung")
    app = make_app(settings.model_copy(update={"temporal_address": "127.0.0.1:1"}))
    async with calling(app) as http:
        path = f"/reports/{number}/verify"
        answer = await http.post(path, json=country.verification(), headers=admin)
        assert answer.status_code == 202
        assert answer.json()["state"] == "waiting"
        asked = await http.get(answer.headers["Location"], headers=admin)
        assert asked.json() == answer.json()
        assert (await http.get(f"/reports/{number}", headers=admin)).json()["version"] == 1
        assert (await http.get("/readyz")).status_code == 200


async def test_every_operation_is_described(country: Country) -> None:
    document = (await country.http.get("/openapi.json")).json()
    operations = [
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
    ]
    assert len(operations) > 30
    assert all(operation.get("description") for operation in operations)
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
