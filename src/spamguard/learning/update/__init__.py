"""From a model and new labels to a model that knows them, and still all that it knew."""
