"""Numbers as Indonesia writes them."""


def number(value: int) -> str:
    """1.234.567"""
    return f"{value:,}".replace(",", ".")


def short(value: int) -> str:
    """1,2 rb, 12 rb (ribu) where the whole figure has no room."""
    if value < 1_000:
        return str(value)
    return f"{decimal(value / 1000)} rb" if value < 9_950 else f"{number(round(value / 1000))} rb"


def decimal(value: float | None) -> str:
    """12,3"""
    return "–" if value is None else f"{value:.1f}".replace(".", ",")


def percent(share: float) -> str:
    """12,3%"""
    return f"{decimal(share * 100)}%"
