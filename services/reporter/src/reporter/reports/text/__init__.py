"""The report of an order in Russian or English, as HTML that Telegram reads: one module a group of sections."""
