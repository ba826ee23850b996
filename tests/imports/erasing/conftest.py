from tests.imports.apart import folders, frozen  # noqa: F401
