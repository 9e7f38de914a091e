"""What people owe now: steps on reports, answers to requests, what has been escalated to them."""
