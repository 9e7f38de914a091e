"""Web pages: the staff panel and the public site, by the services' APIs only."""
