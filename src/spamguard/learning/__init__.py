"""How a model is made and measured; nothing that cleans texts imports it."""
