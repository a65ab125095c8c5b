"""``mscape run``: stub"""
EXAMPLE = "x"
def run() -> None:
    """Stub."""
