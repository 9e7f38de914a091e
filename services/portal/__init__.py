"""Web pages: the staff panel and the public site. They use only the services' APIs."""
