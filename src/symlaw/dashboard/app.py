"""The page's server: what each address answers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from symlaw.dashboard.contents import details as shown
from symlaw.dashboard.contents.answers import Answers
from symlaw.dashboard.contents.documents import check_form, predicted, report_file, written_file
from symlaw.dashboard.contents.programs import Programs
from symlaw.dashboard.following import Journals, formula_named
from symlaw.dashboard.guard import Guard
from symlaw.dashboard.launching import Launches, Question, seconds_in
from symlaw.dashboard.listing import Listing, comparison
from symlaw.dashboard.streams import Streams
from symlaw.dashboard.tables import TooLarge, Uploads, described
from symlaw.dashboard.values import reply
from symlaw.engine.losses.table import LOSSES, added_losses
from symlaw.errors import InvalidSetting, RunError, SymlawError
from symlaw.language.grammar import DEFAULT_OPERATORS
from symlaw.language.operators import added_operators, operator_table
from symlaw.report import fonts
from symlaw.report.answers import report_answer
from symlaw.report.document import printer
from symlaw.runs.annotations.marks import write_mark
from symlaw.runs.annotations.notes import Note, write_note
from symlaw.runs.answers import task_of
from symlaw.runs.control import take_back, wish
from symlaw.runs.scan import remove, summary

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from symlaw.language.expression import Expression
    from symlaw.runs.records import Formula
    from symlaw.runs.store import Run

    Answer = Callable[["Services", Request, Mapping[str, Any]], Any]

PAGE = Path(__file__).parent / "page"
# Bytes of a request that is no table.
_MOST_BYTES = 1_000_000
_TYPES = {
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}  # fmt: skip


@dataclass(frozen=True)
class Services:
    """What the answers share.

    Parameters
    ----------
    root
        The folder of runs.
    journals, uploads, launches, listing, streams, programs, tables, answers
        See there.
    """

    root: Path
    journals: Journals
    uploads: Uploads
    launches: Launches
    listing: Listing
    streams: Streams
    programs: Programs
    tables: shown.Tables = field(default_factory=shown.Tables)
    answers: Answers = field(default_factory=Answers)

    def run(self, name: str) -> Run:
        """A run as it is now; raises `RunError` where there is none, or it cannot be read."""
        return self.journals.of(self.listing.folder(name)).run()


def make_app(
    root: Path, token: str, port: int, limit: int, closing: Callable[[], bool] = lambda: False
) -> ASGIApp:
    """The server's application.

    Parameters
    ----------
    root
        The folder of runs.
    token
        The secret of the opening link.
    port
        Where it listens.
    limit
        Bytes of a dropped table at most.
    closing
        Whether the server ends.
    """
    journals = Journals()
    listing, streams = Listing(root, journals), Streams(closing, journals)
    uploads = Uploads(root, limit)
    services = Services(root, journals, uploads, Launches(root), listing, streams, Programs(uploads, closing))
    kept = [*sorted(PAGE.iterdir()), fonts.PATH]
    files = {path.name: path for path in kept if path.suffix in _TYPES}
    answers: list[tuple[str, str, Answer]] = [
        ("GET", "/api/about", _about),
        ("GET", "/api/runs", _runs),
        ("GET", "/api/compare", _compare),
        ("GET", "/api/runs/{run}", _run),
        ("GET", "/api/runs/{run}/formula", _formula),
        ("GET", "/api/runs/{run}/column", _column),
        ("GET", "/api/runs/{run}/export", _export),
        ("GET", "/api/runs/{run}/report", _report),
        ("GET", "/api/runs/{run}/answer", _answer),
        ("GET", "/api/runs/{run}/answer/export", _answer_export),
        ("GET", "/api/runs/{run}/pictures/{number}", _picture),
        ("POST", "/api/runs/{run}/mark", _mark),
        ("POST", "/api/runs/{run}/score", _score),
        ("POST", "/api/runs/{run}/ask", _ask),
        ("POST", "/api/runs/{run}/resume", _resume),
        ("POST", "/api/runs/{run}/note", _note),
        ("POST", "/api/runs/{run}/delete", _delete),
        ("POST", "/api/fit", _fit),
        ("POST", "/api/launches/{launch}/cancel", _cancel),
        ("POST", "/api/programs", _find),
        ("POST", "/api/programs/{program}/settle", _settle),
        ("POST", "/api/programs/{program}/keep", _keep),
        ("GET", "/api/programs/{program}/export", _program_export),
        ("GET", "/api/programs/{program}/values", _program_values),
    ]
    routes = [Route(path, _endpoint(services, answer), methods=[method]) for method, path, answer in answers]
    routes += [
        Route("/", partial(_file, files["index.html"])),
        Route("/static/{name}", partial(_static, files)),
        Route("/api/tables", partial(_table, services), methods=["POST"]),
        Route("/api/runs/{run}/predict", partial(_predict, services), methods=["POST"]),
        Route("/api/stream", partial(_stream_runs, services)),
        Route("/api/runs/{run}/stream", partial(_stream_run, services)),
    ]

    return Guard(Starlette(routes=routes), token, port)


async def _file(path: Path, _request: Request) -> Response:
    return FileResponse(path, media_type=_TYPES[path.suffix])


async def _static(files: Mapping[str, Path], request: Request) -> Response:
    """A file of the page, by name from a list; no path is made of what is asked for."""
    path = files.get(request.path_params["name"])
    return Response("not found\n", 404) if path is None else await _file(path, request)


def _endpoint(services: Services, answer: Answer) -> Callable[[Request], Any]:
    """An endpoint that answers in JSON or with a file, and says refusals in one sentence."""

    @wraps(answer)
    async def endpoint(request: Request) -> Response:
        try:
            body = await _body(request)
            answered = await run_in_threadpool(answer, services, request, body)
            return answered if isinstance(answered, Response) else reply(answered)
        except SymlawError as error:
            return _refused(error)
        except ClientDisconnect:
            return Response(status_code=400)

    return endpoint


def _refused(error: SymlawError) -> Response:
    return reply({"error": str(error)}, 413 if isinstance(error, TooLarge) else 400)


async def _body(request: Request) -> Mapping[str, Any]:
    if request.method != "POST":
        return {}
    text = b""
    async for chunk in request.stream():
        text += chunk
        if len(text) > _MOST_BYTES:
            raise TooLarge(f"the request has more than {_MOST_BYTES / 1e6:g} MB: shorten it")
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise InvalidSetting("the request is no JSON object")
    return asked


def _about(services: Services, _request: Request, _body: Mapping[str, Any]) -> Any:
    rows = [*operator_table().values(), *added_operators().values()]
    operators = [{"name": row.name, "default": row.name in DEFAULT_OPERATORS} for row in rows]
    return {
        "operators": operators,
        "losses": [*LOSSES, *added_losses()],
        "limit": services.uploads.limit,
        "root": str(services.root.resolve()),
    }


def _runs(services: Services, _request: Request, _body: Mapping[str, Any]) -> Any:
    return {"runs": services.listing.records(), "launches": services.launches.records()}


def _compare(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    return comparison(*(services.run(request.query_params.get(name, "")) for name in "ab"))


def _run(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    run = _named(services, request)
    header = run.header
    return {
        "id": run.folder.name,
        "created": header.created,
        "target": header.target_name,
        "features": header.feature_names,
        "source": Path(header.source).name if header.source else "",
        "n_rows": header.n_rows,
        "seed": header.seed,
        "loss": header.loss.name,
        "squared": header.loss.shares_variance,
        "objective": header.objective_name,
        "command": header.command,
        "parent": header.parent,
        "units": header.settings.get("units"),
        "prints": printer() is not None,
    }


def _named(services: Services, request: Request) -> Run:
    return services.run(request.path_params["run"])


def _chosen(services: Services, request: Request) -> tuple[Run, Formula]:
    run = _named(services, request)
    return run, formula_named(run, request.query_params.get("key", ""))


def _formula(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    run, formula = _chosen(services, request)
    return shown.details(run, formula, services.tables)


def _column(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    return shown.column(_named(services, request), request.query_params.get("name", ""), services.tables)


def _export(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    run, expression = _expression(services, request)
    return {"text": shown.exported(run, expression, request.query_params.get("format", ""))}


def _expression(services: Services, request: Request) -> tuple[Run, Expression]:
    """A formula that somebody typed, or one of the run."""
    asked = request.query_params
    if "formula" in asked:
        run = _named(services, request)
        return run, shown.own_formula(asked["formula"], run)
    run, formula = _chosen(services, request)
    return run, formula.expression


def _report(services: Services, request: Request, _body: Mapping[str, Any]) -> Response:
    folder, form = _folder(services, request), request.query_params.get("format", "")
    if task_of(folder) is None:
        return report_file(services.run(folder.name), form)
    check_form(form)
    return written_file(folder.name, form, lambda path: report_answer(folder, path))


def _folder(services: Services, request: Request) -> Path:
    return services.listing.folder(request.path_params["run"])


def _answer(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    return services.answers.record(_folder(services, request))


def _answer_export(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    return {
        "text": services.answers.exported(_folder(services, request), request.query_params.get("format", ""))
    }


def _picture(services: Services, request: Request, _body: Mapping[str, Any]) -> Response:
    svg = services.answers.picture(_folder(services, request), request.path_params["number"])
    return Response(svg, media_type="image/svg+xml")


def _mark(services: Services, request: Request, body: Mapping[str, Any]) -> Any:
    run = _named(services, request)
    if "formula" in body:
        formula = shown.scored(run, _string(body, "formula"), services.tables, fit=bool(body.get("fit")))
    else:
        formula = formula_named(run, _string(body, "key"))
    write_mark(run.folder, formula, body.get("mark") or None)
    return {}


def _score(services: Services, request: Request, body: Mapping[str, Any]) -> Any:
    return shown.scored_record(
        _named(services, request), _string(body, "formula"), services.tables, fit=bool(body.get("fit"))
    )


def _string(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise InvalidSetting(f"{name} is missing from the request: give a text")
    return value


def _ask(services: Services, request: Request, body: Mapping[str, Any]) -> Any:
    folder, what = _folder(services, request), body.get("what")
    state = summary(folder).state
    if state not in ("running", "paused"):
        raise RunError(f"the run is {state}: only one that is going can be asked to pause, go on or stop")
    if what == "unpause":
        take_back(folder)
    elif what == "pause" or what == "stop":
        wish(folder, what)
    else:
        raise InvalidSetting("a run can be asked to pause, to unpause or to stop")
    return {}


def _resume(services: Services, request: Request, body: Mapping[str, Any]) -> Any:
    folder = _folder(services, request)
    state = summary(folder).state
    if state in ("running", "paused"):
        raise RunError(f"the run is {state}: there is nothing to resume")
    arguments = ["resume", str(folder.resolve()), f"--runs={services.root}", "--quiet"]
    if body.get("seconds") is not None:
        arguments.append(f"--time={seconds_in(body['seconds']):g}")
    return services.launches.start(folder.name, arguments, folder.name).record()


def _note(services: Services, request: Request, body: Mapping[str, Any]) -> Any:
    folder = _folder(services, request)
    write_note(folder, Note(_string(body, "name").strip(), _string(body, "text").strip()))
    return {}


def _delete(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    folder = _folder(services, request)
    if services.launches.is_going(folder.name):
        raise RunError(f"run {folder.name!r} is searched: stop it first")
    remove(summary(folder))
    services.journals.forget(folder)
    return {}


def _fit(services: Services, _request: Request, body: Mapping[str, Any]) -> Any:
    path = services.uploads.path(_string(body, "table"))
    question = Question.of(body)
    return services.launches.start(path.name, question.arguments(path, services.root)).record()


def _cancel(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    services.launches.cancel(request.path_params["launch"])
    return {}


def _find(services: Services, _request: Request, body: Mapping[str, Any]) -> Any:
    return services.programs.find(body)


def _settle(services: Services, request: Request, body: Mapping[str, Any]) -> Any:
    return services.programs.settle(request.path_params["program"], body)


def _keep(services: Services, request: Request, body: Mapping[str, Any]) -> Any:
    return {"run": services.programs.keep(request.path_params["program"], _string(body, "name").strip())}


def _program_export(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    form = request.query_params.get("format", "")
    return {"text": services.programs.exported(request.path_params["program"], form)}


def _program_values(services: Services, request: Request, _body: Mapping[str, Any]) -> Any:
    return {"text": services.programs.values(request.path_params["program"])}


def _uploading(answer: Callable[[Services, Request], Any]) -> Callable[[Services, Request], Any]:
    """An endpoint that takes a file, refuses one that is too large before it comes, and says refusals."""

    @wraps(answer)
    async def endpoint(services: Services, request: Request) -> Response:
        try:
            told = request.headers.get("content-length", "")
            services.uploads.check_size(int(told) if told.isdigit() else 0)
            return reply(await answer(services, request))
        except SymlawError as error:
            return _refused(error)
        except ClientDisconnect:
            return Response(status_code=400)

    return endpoint


@_uploading
async def _table(services: Services, request: Request) -> Any:
    table = await services.uploads.keep(request.query_params.get("name", ""), request.stream())
    return await run_in_threadpool(described, services.uploads.path(table), table)


@_uploading
async def _predict(services: Services, request: Request) -> Any:
    run, expression = await run_in_threadpool(_expression, services, request)
    with tempfile.TemporaryDirectory() as folder:
        name = request.query_params.get("name", "")
        path = await services.uploads.receive(name, request.stream(), Path(folder))
        return await run_in_threadpool(predicted, run, expression, path)


async def _stream_runs(services: Services, request: Request) -> Response:
    return services.streams.runs(request, partial(_runs, services, request, {}))


async def _stream_run(services: Services, request: Request) -> Response:
    try:
        return services.streams.run(request, services.listing.folder(request.path_params["run"]))
    except SymlawError as error:
        return _refused(error)
