"""`fullrank decide`: points and a model to a verdict, and to the files that prove it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.data_options import data_options, read_data
from verify.cli.output import DECIDED, UNKNOWN, complain, progress, show

if TYPE_CHECKING:
    from verify.verdict import Verdict

_HEAD = {
    "interpolates": ("INTERPOLATES", "bold green"),
    "cannot_interpolate": ("CANNOT INTERPOLATE", "bold red"),
    "unknown": ("UNKNOWN", "bold yellow"),
}
_MANY = 6  # more label columns than this are counted, not listed


@click.command(
    short_help="Can networks of a model have these labels? With proof.",
    epilog="""\b
Examples:
  fullrank decide bundled:parity3 --model relu
  fullrank decide bundled:iris --label petal_width --model relu+bias
  fullrank decide bundled:iris --every-labelling --model "leaky_relu(1/10)+layers=3"
  fullrank decide data.csv --label price --model swiglu --json
  fullrank decide data.csv --no-label --model tanh+bias
  fullrank decide bundled:hexagon --model relu --certificate proof.json --network best.json

\b
DATA is bundled:NAME (cell600, decagon, digits, hexagon, icosahedron, iris, parity3,
ray_pair, regular_hexagon) or a file:
  .csv, .tsv (also .gz)  numbers as text, read exactly: 0.1 is one tenth; 1/3, sqrt(3)/2
  .json                  {"points": [[0, "1/3"], [1, 2]], "labels": [1, 0]}
  .npz, .npy             arrays points (or X) and labels (or y); one array
  .parquet, .pq          a table; needs pyarrow

\b
SPEC is an activation (see fullrank activations) and modifiers, joined by +:
  layers=2, hidden_bias, output_bias, bias (both), skip, gated, ntk, ntk_hidden
  glu, reglu, geglu, swiglu are sigmoid+gated, relu+gated, gelu+gated, silu+gated

Exit status: 0 decided (either way), 2 bad input, 3 unknown: no theorem here covers the model.""",
)
@click.argument("data", type=click.Path())
@click.option("--model", "spec", metavar="SPEC", required=True, help="The activation and the architecture: relu+bias.")
@data_options
@click.option(
    "--every-labelling", is_flag=True, help="Leave the labels out and ask whether every labelling is attained."
)
@click.option("--certificate", metavar="OUT", type=click.Path(path_type=Path), help="Write the proof to this file.")
@click.option(
    "--network", metavar="OUT", type=click.Path(path_type=Path), help="Write a network that attains the least loss."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; rationals are strings p/q.")
def command(
    *,
    data: str,
    spec: str,
    every_labelling: bool,
    certificate: Path | None,
    network: Path | None,
    as_json: bool,
    **reading: Any,
) -> None:
    """Decide whether networks of a model, of any width, can have given labels.

    Without labels the question is whether they can have every labelling of the points.
    """
    verdict = _decide(data, spec, _destinations(certificate, network), every_labelling=every_labelling, **reading)
    unknown = verdict.outcome.value == "unknown"
    written = {} if unknown else _write(verdict, certificate, network)
    if as_json:
        names = {"coordinates": list(verdict.data.names), "labels": list(verdict.data.label_names)}
        summary: dict[str, Any] = {**verdict.to_json(), **names, **written}
        show([(json.dumps(summary), "")])
    else:
        head, style = _HEAD[verdict.outcome.value]
        body = [
            *verdict.explain().splitlines(),
            *_coordinates(verdict, bool(reading["labels"] or reading["no_label"] or every_labelling)),
        ]
        body += [f"Wrote {path} ({kind.replace('_', ' ')})." for kind, path in written.items()]
        show([(head + ("" if unknown else _what(verdict)), style), *((line, "") for line in body)])
    if unknown and (certificate or network):
        nothing = [text for text, path in (("to certify", certificate), ("to construct", network)) if path]
        complain(f"the outcome is unknown, so there is nothing {' and '.join(nothing)}; no file was written")
    raise click.exceptions.Exit(UNKNOWN if unknown else DECIDED)


def _coordinates(verdict: Verdict, is_chosen: bool) -> list[str]:
    """Say which columns were taken for coordinates, so that a label among them is noticed."""
    names = verdict.data.names
    listed = ", ".join(names[:_MANY]) + (f", ... {len(names)} in all" if len(names) > _MANY else "") or "none"
    if is_chosen or verdict.data.outputs:
        return [f"Coordinates: {listed}."]
    return [f"Coordinates: {listed}. No label column was chosen; --label COL chooses one."]


def _what(verdict: Verdict) -> str:
    """Name the question and the label columns it is about."""
    names = verdict.data.label_names
    if not names:
        return f" {verdict.question.value}"
    listed = ", ".join(names[:_MANY]) + (f", ... {len(names)} in all" if len(names) > _MANY else "")
    return f" {verdict.question.value} (label column{'s' * (len(names) > 1)} {listed})"


def _destinations(certificate: Path | None, network: Path | None) -> list[Path]:
    """List the files that may be written; large data go beside the certificate."""
    from verify.whole_file import check_destination

    paths = [path for path in (certificate, network) if path is not None]
    for path in paths:
        check_destination(path)
    if certificate is not None:
        paths.append(certificate.with_name(certificate.name + ".data"))
    if len({path.resolve() for path in paths}) < len(paths):
        raise click.UsageError("--certificate and --network name the same file; give each its own")
    return paths


def _decide(data: str, spec: str, outputs: list[Path], **reading: Any) -> Verdict:
    from verify.model import Model
    from verify.whole_file import check_destination

    model = Model.parse(spec, cached=True)
    for path in outputs:
        check_destination(path, data=Path(data))
    dataset = read_data(data, **reading)
    from verify.verdict import decide

    with progress("deciding"):
        return decide(dataset, model)


def _write(verdict: Verdict, certificate: Path | None, network: Path | None) -> dict[str, str]:
    """Write the files that were asked for; the network first, because it may not exist."""
    from verify.certificates import data_file
    from verify.whole_file import write_whole

    text = ""
    written: dict[str, str] = {}
    if network is not None:
        with progress("constructing the network"):
            found = [{**v.network().to_json(), "label": v.data.label_names[0]} for v in verdict.per_output or [verdict]]
            text = json.dumps(found[0] if len(found) == 1 else {"networks": found}) + "\n"
    if certificate is not None:
        with progress("writing the certificate"):
            written["certificate"] = str(verdict.write_certificate(certificate))
            beside = data_file(verdict, certificate)
            if beside is not None:
                written["data_of_the_certificate"] = f"{beside}"
    if network is not None:
        write_whole(network, text)
        written["network"] = str(network)
    return written
