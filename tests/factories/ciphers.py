"""Keys that open nothing outside a test."""

from cryptography.fernet import Fernet

from app.db.cipher import Cipher

CIPHER = Cipher((Fernet.generate_key().decode(),), "a pepper for tests")
