"""What is told of orders: their steps, today against yesterday, the report of one order."""
