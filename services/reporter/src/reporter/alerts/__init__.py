"""What a seller should know until it is over: rules find causes, the engine raises, updates and resolves alerts."""
