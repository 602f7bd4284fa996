"""The YAML that rewardkit reads and writes: PyYAML's safe one, with its traps taken out."""

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+\Z")
"""Numbers with an exponent; YAML 1.1 calls those without a point and a sign strings."""


@functools.cache
def dumper() -> "type[yaml.SafeDumper]":
    """The dumper that writes what the loader reads; made on first use, as yaml imports slowly."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """A safe dumper that knows no aliases, and quotes what the loader takes for numbers."""

        def ignore_aliases(self, data: object) -> bool:
            return True

    def string(self: Dumper, text: str) -> yaml.Node:
        # Single quotes lose line breaks such as U+0085; double quotes escape them.
        style = None if text.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, string)
    Dumper.add_implicit_resolver("tag:yaml.org,2002:float", NUMBER, list("-+.0123456789"))
    return Dumper


@functools.cache
def loader() -> "type[yaml.SafeLoader]":
    """The loader of configuration files; made on first use, as yaml imports slowly."""
    import yaml

    class Loader(yaml.SafeLoader):
        """A safe loader that refuses a key given twice and reads `1e-6` as a number."""

    def mapping(self: Loader, node: yaml.MappingNode) -> dict[object, object]:
        result: dict[object, object] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, list | dict | set):
                raise yaml.constructor.ConstructorError(
                    None,
                    None,
                    "expected a string as key, got a list or mapping",
                    key_node.start_mark,
                )
            if key in result:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key given twice, got {key!r:.60} again", key_node.start_mark
                )
            result[key] = self.construct_object(value_node, deep=True)
        return result

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    Loader.add_implicit_resolver("tag:yaml.org,2002:float", NUMBER, list("-+.0123456789"))
    return Loader
