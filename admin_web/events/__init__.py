"""Events at central: stored as they came, drawn into the access log's rows, and central's own acts (flow 1, step 8)."""
