"""Reading the YAML files of this folder, or a company's own in their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


class _OnceOnly(yaml.SafeLoader):
    """PyYAML keeps the last of two equal keys and says nothing; a control pasted twice would vanish."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for name, _ in node.value:
            key = self.construct_object(name, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key} stands here twice", name.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in the YAML file at `path`. Raises ValueError, naming the file, for anything else."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _OnceOnly)  # noqa: S506 - it is a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from error
    if not isinstance(data, dict):
        raise ValueError(f"{path.name}: expected names with values")  # noqa: TRY004 - the file is wrong, not the caller
    return data
