"""What each event does to the notifier's tables: one module an event. Events may come late and in any order."""
