"""The program phonekeep-ingest: MQTT to database, acknowledgements and rules back (flow 1, step 8; flow 2, step 2)."""
