"""The wire: topics, messages, frames, signatures, outbox, MQTT session, certificates, mosquitto's configuration."""
