"""Lists the messages without a text and fails if there are any: generated documents would have
gaps."""

import sys

from deploy.translation.catalogues import untranslated
from shared.labels.catalogue import LANGUAGES, catalogue_path

missing = [
    f"{catalogue_path(language)}: no text for {message.context} {message.code}"
    for language in LANGUAGES
    for message in untranslated(language)
]
if missing:
    sys.exit("\n".join([*missing, "Run `make texts`, write the texts, then `make docs` again."]))
