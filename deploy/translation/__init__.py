"""The catalogues of the texts that people read: finds messages in the source and updates the
catalogues."""
