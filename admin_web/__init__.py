"""The office: database, ingest, services, queries and views of the central admin web view."""
