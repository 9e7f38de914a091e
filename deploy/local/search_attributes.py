"""The Temporal search attributes, spelt as the `temporal` command wants them."""


def search_attributes() -> dict[str, str]:
    """Name to type, from the list that the workflow itself uses."""
    from shared.temporal.names import SEARCH_ATTRIBUTES  # slow to import, while others start

    return SEARCH_ATTRIBUTES
