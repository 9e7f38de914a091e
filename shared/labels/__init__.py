"""The words people read for the codes the system uses. `deploy.translation.codes` lists the codes,
the catalogues in `shared/locales` say what each is called."""

from shared.labels.catalogue import Language, message, messages, plural_message


def label(kind: str, code: str, language: Language = "id") -> str:
    """The label of a code: `label("status", "VERIFIED")`. An unknown one raises KeyError."""
    return message(kind, code, language)


def labels(kind: str, language: Language = "id") -> dict[str, str]:
    """All labels of a kind by code, in the order people see them."""
    return dict(messages(kind, language))


def countdown(days: int, language: Language = "id") -> str:
    """*sisa / terlambat N hari*: days left, or as a negative, days overdue; 0 is due today."""
    if days == 0:
        return label("countdown", "today", language)
    return plural_message("countdown", "left" if days > 0 else "late", abs(days), language)
