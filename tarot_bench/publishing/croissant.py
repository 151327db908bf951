"""Write Croissant 1.0 metadata (https://docs.mlcommons.org/croissant/docs/croissant-spec.html) from the features.

A configuration with one row per test or problem becomes a record set. Columns with lists of objects are left out
of it: Croissant 1.0 cannot read them from Parquet, and the tiers' record sets have the same tests, one per row.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from datasets import Value

from tarot_bench.publishing.layout import Config

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "float64": "sc:Float", "bool": "sc:Boolean"}


def croissant(
    configs: Sequence[Config], *, name: str, description: str, url: str, license_id: str, date: str, version: str
) -> str:
    """The content of ``croissant.json``.

    Args:
        configs: the configurations, whose files lie in the dataset's repository.
        name: of the dataset.
        description: what it is, in plain text.
        url: of the repository.
        license_id: as the card names it.
        date: day of publication, as in 2026-11-21.
        version: of the dataset, as in 1.0.0.
    """
    repository = {
        "@type": "cr:FileObject",
        "@id": "repo",
        "name": "repo",
        "description": "The repository that holds the files.",
        "contentUrl": url,
        "encodingFormat": "git+https",
        "sha256": "https://github.com/mlcommons/croissant/issues/80",  # the spec's notation for: not a single file
    }
    metadata = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": name,
        "description": description,
        "url": url,
        "license": license_id,
        "datePublished": date,
        "version": version,
        "citeAs": "arXiv:2602.15449",
        "distribution": [repository, *(_files(config) for config in configs)],
        "recordSet": [_records(config) for config in configs],
    }
    return json.dumps(metadata, indent=2, ensure_ascii=False) + "\n"


def _files(config: Config) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"files-{config.name}",
        "name": f"files-{config.name}",
        "description": f"Parquet files of the configuration {config.name}.",
        "containedIn": {"@id": "repo"},
        "encodingFormat": "application/x-parquet",
        "includes": config.pattern,
    }


def _records(config: Config) -> dict[str, Any]:
    scalars = {column: kind for column, kind in config.features.items() if isinstance(kind, Value)}
    left_out = sorted(set(config.features) - set(scalars))
    note = f" Nested columns, not described here: {', '.join(left_out)}." if left_out else ""
    return {
        "@type": "cr:RecordSet",
        "@id": config.name,
        "name": config.name,
        "description": f"The rows of the configuration {config.name}.{note}",
        "field": [_field(config, column, scalars) for column in scalars],
    }


def _field(config: Config, column: str, kinds: Mapping[str, Value]) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{config.name}/{column}",
        "name": column,
        "dataType": _TYPES[kinds[column].dtype],
        "source": {"fileSet": {"@id": f"files-{config.name}"}, "extract": {"column": column}},
    }
