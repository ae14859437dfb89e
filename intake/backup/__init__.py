"""Copies of the database that this machine can write and cannot read, and the way back."""
