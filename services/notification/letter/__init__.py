"""The weekly letter to the leader whom an agency has named."""
