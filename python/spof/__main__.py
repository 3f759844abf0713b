"""`python -m spof`: the command line."""

from .command_line import main

main()
