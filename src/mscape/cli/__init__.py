"""The command line: parse, call, print, end with the right code. One file a command group.

Belongs here: options, progress, printing, exit codes. Does not: arithmetic of any kind.
"""
