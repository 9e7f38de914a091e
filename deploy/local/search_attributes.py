"""The Temporal search attributes, spelt as the `temporal` command wants them."""

import importlib
import importlib.util


def search_attributes() -> dict[str, str]:
    """Name to type, from the list that the workflow itself uses."""
    if importlib.util.find_spec("shared.temporal") is None:
        return {}
    names = importlib.import_module("shared.temporal.names")
    return dict(names.SEARCH_ATTRIBUTES)
