"""What to say of input that pydantic refuses."""

from pydantic_core import ErrorDetails


def reason(problem: ErrorDetails) -> str:
    """Why, without the name that pydantic gives to the errors of our own validators."""
    return problem["msg"].removeprefix("Value error, ")
