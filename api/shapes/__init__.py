"""Every shape of the API, in and out: what is decoded, what is answered, and what the OpenAPI document says."""
