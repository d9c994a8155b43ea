"""Templates of pages: every name is escaped, and one that is not given is an error."""

from functools import cache

import jinja2


@cache
def templates_of(package: str) -> jinja2.Environment:
    """The templates of a package, in its folder `templates`."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=lambda name: name is not None and name.endswith((".html.j2", ".svg.j2")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def source_of(package: str, name: str) -> str:
    """A template or style sheet as it is written."""
    environment = templates_of(package)
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]
