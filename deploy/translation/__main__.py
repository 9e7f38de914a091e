"""Updates the catalogues: `make texts`, or `python -m deploy.translation [LANGUAGE]` to begin one
in a new language. New messages are added without a text, unused ones are removed."""

import sys

from deploy.translation import pages
from deploy.translation.catalogues import updated
from shared.labels.catalogue import INDONESIAN, LANGUAGES, catalogue_path

for language in sys.argv[1:] or LANGUAGES:
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(updated(language))
    if language != INDONESIAN:
        pages.path_of(language).write_bytes(pages.updated(language))
