"""The contacts that reporters name, the codes that go to them, and what is chosen for them."""
