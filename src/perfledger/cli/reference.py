"""The command reference, generated from the commands: `python -m perfledger.cli.reference`."""

from collections.abc import Iterator

import click

WIDTH = 90


def reference() -> str:
    """Every command with its help, as one Markdown page in English."""
    from perfledger.cli.lang import set_language

    set_language("en")
    from perfledger.cli.root import perfledger

    parts = [
        "# Command reference",
        "Generated from the commands. Exit codes: 0 done, 1 refused or a check failed, "
        "2 bad usage.",
    ]
    root = click.Context(
        perfledger, info_name="perfledger", max_content_width=WIDTH, **perfledger.context_settings
    )
    for context in _contexts(root):
        parts.append(f"## {context.command_path}\n\n```text\n{context.get_help()}\n```")
    return "\n\n".join(parts) + "\n"


def _contexts(context: click.Context) -> Iterator[click.Context]:
    context.terminal_width = WIDTH
    yield context
    command = context.command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _contexts(click.Context(found, parent=context, info_name=name))


if __name__ == "__main__":
    print(reference(), end="")
