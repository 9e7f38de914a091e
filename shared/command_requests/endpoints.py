"""The endpoints of commands. A service adds each action as a form and a function for its look-ups.

A `CommandRouter` does the rest, which is the same for all: who asks, for which report, with which
Idempotency-Key, If-Match and files. Then it calls `execute` and answers.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Annotated, Any, Final, get_type_hints
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from fastapi import Form as FormPart

from shared.attachments import AttachmentStore
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.command_request import (
    CommandHandler,
    CommandRequest,
    F,
    Prepare,
    Save,
)
from shared.command_requests.execute import execute
from shared.command_requests.files import Named, with_files
from shared.http.auth import CurrentReporter, CurrentStaff, current_reporter, current_staff
from shared.http.documentation import problem_responses
from shared.http.form_parts import only_parts
from shared.http.idempotency import CommandId, IfMatch, asker_of, etag
from shared.http.limits import rate_limits
from shared.http.paths import ReportNumber
from shared.http.tokens import Principal
from shared.http.transaction import CurrentDatabase
from shared.http.uploads import FILES, FORM_LIMIT, Files, read_form
from shared.http.without_thread import without_thread
from shared.lifecycle.actions import Action
from shared.temporal.report_gateway import ReportGateway


async def attachment_store(request: Request) -> AttachmentStore:
    """The store in which the service keeps files."""
    store: AttachmentStore = request.app.state.attachments
    return store


async def report_gateway(request: Request) -> ReportGateway:
    """The service's gateway to the workflows."""
    gateway: ReportGateway = request.app.state.gateway
    return gateway


CurrentStore = Annotated[AttachmentStore, Depends(attachment_store)]
CurrentGateway = Annotated[ReportGateway, Depends(report_gateway)]
ActionOf = Callable[[Any], Action]
"""Chooses the action by the form; the decorated function declares the form's type."""


@dataclass(frozen=True)
class CommandContext:
    """What every request for a command contains beside the form."""

    principal: Principal
    number: ReportNumber
    key: CommandId
    version: IfMatch
    database: CurrentDatabase
    gateway: CurrentGateway
    request: Request
    response: Response

    def asked(self, handler: CommandHandler[F], form: F, request_id: UUID | None) -> CommandRequest:
        return handler.asked(
            self.principal,
            self.number,
            form,
            self.key,
            version=self.version,
            request_id=request_id,
        )

    async def execute(self, request: CommandRequest) -> CommandAnswer:
        """Execute the request: 200 with the outcome and the new ETag, or 202 while it waits."""
        outcome = await execute(self.database, self.gateway, request)
        if outcome is None:
            self.response.status_code = 202
            self.response.headers["Location"] = f"/commands/{request.id}"
        else:
            self.response.headers["ETag"] = etag(outcome.version)
        command_id = outcome.command_id if outcome else request.id
        return CommandAnswer.of(command_id, request.number, outcome)

    async def execute_with_files(
        self, request: CommandRequest, uploads: list[UploadFile], named: Named
    ) -> CommandAnswer:
        """Like `execute`, with files, which are stored first."""
        if uploads:
            await rate_limits(self.request).take(FILES, asker_of(self.principal))
        store = await attachment_store(self.request)
        async with with_files(request, uploads, self.database, store, named) as complete:
            return await self.execute(complete)


@dataclass(frozen=True)
class StaffContext(CommandContext):
    principal: CurrentStaff


@dataclass(frozen=True)
class ReporterContext(CommandContext):
    principal: CurrentReporter


class CommandRouter(APIRouter):
    """The commands of one service under one tag.

    `save` stores what was written; `named` is needed for actions that take files.
    """

    def __init__(self, tag: str, save: Save, named: Named | None = None) -> None:
        super().__init__(tags=[tag], responses=COMMAND_RESPONSES)
        self._save, self._named = save, named

    def by_staff(
        self,
        action: Action | ActionOf,
        path: str,
        *,
        files: bool = False,
        save: Save | None = None,
    ) -> Callable[[Prepare[F]], CommandHandler[F]]:
        """Decorate a `Prepare` to make the staff's operation POST `path`.

        The operation gets the function's name and docstring. With `files`, `path`/with-attachments
        takes the same form and files.
        """
        return self._register(action, path, files, save, _Askers(StaffContext, current_staff))

    def by_reporter(
        self, action: Action, path: str, *, files: bool = False
    ) -> Callable[[Prepare[F]], CommandHandler[F]]:
        """Like `by_staff`, for reporters, bearers of a report's access, and partner systems."""
        askers = _Askers(ReporterContext, current_reporter)
        return self._register(action, path, files, None, askers)

    def _register(
        self,
        action: Action | ActionOf,
        path: str,
        files: bool,
        save: Save | None,
        askers: "_Askers",
    ) -> Callable[[Prepare[F]], CommandHandler[F]]:
        def register(prepare: Prepare[F]) -> CommandHandler[F]:
            form: type[F] = get_type_hints(prepare)["form"]
            handler = CommandHandler(action, form, prepare, save or self._save)
            name, words = getattr(prepare, "__name__"), inspect.getdoc(prepare)  # noqa: B009
            self.post(path, name=name, description=words, response_model=CommandAnswer)(
                _endpoint(handler, askers, decides="{request_id}" in path)
            )
            if files:
                assert self._named is not None
                self.post(
                    f"{path}/with-attachments",
                    name=f"{name}_with_attachments",
                    description=f"As POST …{_end_of(path)}, with files.",
                    response_model=CommandAnswer,
                    responses=problem_responses(400, 413, 429, 503),
                    max_body_size=FORM_LIMIT,
                    dependencies=[
                        Depends(askers.principal),
                        Depends(only_parts("message", files="attachments")),
                    ],
                )(_endpoint_with_files(handler, askers, self._named, path))
            return handler

        return register


def command_routers(actions: ModuleType) -> list[APIRouter]:
    """The routers of all modules in the package of a service's actions, ordered by module name."""
    names = sorted(module.name for module in iter_modules(actions.__path__, f"{actions.__name__}."))
    routers = (getattr(import_module(name), "router", None) for name in names)
    return [router for router in routers if isinstance(router, CommandRouter)]


@dataclass(frozen=True)
class _Askers:
    context: type[CommandContext]
    principal: Callable[..., Awaitable[Principal]]


def _endpoint(handler: CommandHandler[F], askers: _Askers, *, decides: bool) -> Any:
    async def endpoint(
        context: CommandContext, form: F, request_id: UUID | None = None
    ) -> CommandAnswer:
        return await context.execute(context.asked(handler, form, request_id))

    of_the_path = {"request_id": UUID} if decides else {}
    return _with_parameters(endpoint, context=_context(askers), form=handler.form, **of_the_path)


def _endpoint_with_files(
    handler: CommandHandler[F], askers: _Askers, named: Named, path: str
) -> Any:
    async def endpoint(
        context: CommandContext, message: str, attachments: list[UploadFile]
    ) -> CommandAnswer:
        request = context.asked(handler, read_form(handler.form, message), None)
        return await context.execute_with_files(request, attachments, named)

    message = FormPart(description=f"JSON, as the body of POST …{_end_of(path)}")
    return _with_parameters(
        endpoint,
        context=_context(askers),
        message=Annotated[str, message],
        attachments=(Files, []),
    )


def _context(askers: _Askers) -> Any:
    return Annotated[askers.context, Depends(without_thread(askers.context))]


def _with_parameters(endpoint: Any, **annotations: Any) -> Any:
    """The endpoint with the parameters that FastAPI fills; a tuple adds a default."""
    parameters = []
    for name, annotation in annotations.items():
        default: Any = inspect.Parameter.empty
        if isinstance(annotation, tuple):
            annotation, default = annotation
        kind = inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter(name, kind, default=default, annotation=annotation))
    endpoint.__signature__ = inspect.Signature(parameters)
    return endpoint


def _end_of(path: str) -> str:
    return path.removeprefix(_PREFIX)


_PREFIX: Final = "/reports/{number}"
