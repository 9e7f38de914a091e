"""The search attributes that runs have, registered in the namespace."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client

from shared.temporal.names import SEARCH_ATTRIBUTES


async def register(client: Client) -> list[str]:
    """Register the attributes that the namespace lacks; return their names.

    Raises `RPCError` if there is no such namespace, or the server does not allow it.
    """
    service, namespace = client.operator_service, client.namespace
    known = await service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    missing = [name for name in SEARCH_ATTRIBUTES if name not in known.custom_attributes]
    if missing:
        types = {name: _type(SEARCH_ATTRIBUTES[name]) for name in missing}
        await service.add_search_attributes(
            AddSearchAttributesRequest(namespace=namespace, search_attributes=types)
        )
    return missing


def _type(spelt: str) -> IndexedValueType.ValueType:
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{spelt.upper()}")
