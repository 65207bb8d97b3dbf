"""Open data: every list the portal publishes, described once for the files, the catalogue page and DCAT."""
