"""The protocol and the receiver; installs on a Raspberry Pi without the server."""
