"""The report of an order in Russian, as HTML that Telegram reads: one module a group of sections."""
