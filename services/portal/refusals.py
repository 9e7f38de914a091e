"""The words of a refusal: those of the service, or ours."""

from fastapi import Request

from services.portal.service_calls import Refusal
from services.portal.translation import language
from shared.http.messages import field_message, words_for
from shared.http.problems import Problem


def words_of(problem: Problem, request: Request | None = None) -> tuple[str, str]:
    """Return title and detail in the language of the page: those of the service, if it sent any."""
    if isinstance(problem, Refusal) and problem.title:
        return problem.title, problem.detail
    request_id = getattr(request.state, "request_id", None) if request else None
    words = words_for(problem.code, language.get(), {"request_id": request_id, **problem.params})
    return words.title, words.detail


def fields_of(problem: Problem) -> dict[str, str]:
    """Return the errors by field, for a page that does not show the form."""
    if isinstance(problem, Refusal):
        return problem.fields
    return {
        e.field: field_message(e.code, language.get(), e.params, e.fallback) for e in problem.errors
    }
