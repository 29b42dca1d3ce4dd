"""`kizuna`: the commands of operators, and the processes of the Procfile."""

from app.cli.main import main

__all__ = ["main"]
