"""A refusal in words: the service's, or ours."""

from fastapi import Request

from services.portal.service_calls import Refusal
from services.portal.translation import language
from shared.http.messages import field_message, words_for
from shared.http.problems import Problem


def words_of(problem: Problem, request: Request | None = None) -> tuple[str, str]:
    """Title and detail in the language of the page: the service's, where it said something."""
    if isinstance(problem, Refusal) and problem.title:
        return problem.title, problem.detail
    request_id = getattr(request.state, "request_id", None) if request else None
    words = words_for(problem.code, language.get(), {"request_id": request_id, **problem.params})
    return words.title, words.detail


def fields_of(problem: Problem) -> dict[str, str]:
    """What is wrong with which field, for a page that does not show the form."""
    if isinstance(problem, Refusal):
        return problem.fields
    return {
        e.field: field_message(e.code, language.get(), e.params, e.fallback) for e in problem.errors
    }
