"""Calls to Supabase's Data API (PostgREST), with the service-role key or a user's token."""

from collections.abc import Callable
from time import monotonic
from typing import Any, Protocol, TypeAlias

import httpx
from postgrest import APIResponse, SyncPostgrestClient, SyncSelectRequestBuilder

# Hosted projects end a statement after 8 s; what takes longer than this gets no answer.
TIMEOUT = httpx.Timeout(15, connect=3)

Select: TypeAlias = SyncSelectRequestBuilder


class SupabaseUnreachable(Exception):
    """No answer came, or one that is no fault of our caller's; its text says which.

    Whether the call was run is unknown.
    """


class SupabaseRefused(Exception):
    """Supabase answered with an error.

    `code` is the SQLSTATE or PostgREST's own code. Errors that our SQL raises have the code
    PTxyz, where xyz is the HTTP status, and a stable slug as `details`.
    """

    def __init__(self, status: int, body: dict[str, Any], retry_after: str | None) -> None:
        self.status = status
        self.code, self.message, self.details, self.hint = (
            str(body[key]) if body.get(key) else None
            for key in ("code", "message", "details", "hint")
        )
        self.retry_after = retry_after
        super().__init__(f"status {status}, code {self.code}")


class _Query(Protocol):
    def execute(self) -> APIResponse: ...


class Supabase:
    """The functions and tables that one caller may use; safe to share between threads.

    Calls are made as the user of `token` or, without one, as the role of `key`.
    """

    def __init__(self, http: httpx.Client, url: str, key: str, token: str | None = None) -> None:
        headers = {"apikey": key}
        # Keys of the newer kind (sb_secret_…, sb_publishable_…) go by the apikey header alone:
        # they are no JWT, which is what PostgREST expects of a bearer.
        if token or key.count(".") == 2:
            headers["Authorization"] = f"Bearer {token or key}"
        self._with_our_key = token is None
        self._client = SyncPostgrestClient(
            f"{url}/rest/v1",
            headers=headers,
            http_client=http,
            # Its retries sleep longer than our callers are willing to wait.
            retry_enabled=False,
        )

    def rpc(self, function: str, arguments: dict[str, Any] | None = None) -> Any:
        """Call a SQL function and return its value; raises SupabaseRefused, -Unreachable."""
        return self._answer(self._client.rpc(function, arguments or {}))

    def select(self, table: str, columns: str) -> Select:
        """A query for rows(), to be narrowed first."""
        return self._client.from_(table).select(columns)

    def rows(self, query: Select) -> list[dict[str, Any]]:
        """The rows that the caller can read; raises SupabaseRefused, -Unreachable."""
        found: list[dict[str, Any]] = self._answer(query)
        return found

    def _answer(self, query: _Query) -> Any:
        try:
            return query.execute().data
        except httpx.HTTPError as error:
            raise SupabaseUnreachable("cannot be reached") from error
        except SupabaseRefused as error:
            if self._with_our_key and error.status == 401:
                raise SupabaseUnreachable("refuses the service-role key") from error
            raise


def http_client(observe: Callable[[str, int, float], None]) -> httpx.Client:
    """The connections that all callers share; opened at their first use, hence after a fork.

    `observe` is told of every answer: the function or table, the status, the seconds it took.
    """

    def begin(request: httpx.Request) -> None:
        request.extensions["hirevision_started"] = monotonic()

    def note(response: httpx.Response) -> None:
        request = response.request
        name = request.url.path.rpartition("/")[2]
        observe(name, response.status_code, monotonic() - request.extensions["hirevision_started"])

    # postgrest's own exception forgets the status and the headers, so the answer is read here.
    hooks: dict[str, list[Callable[..., None]]] = {
        "request": [begin],
        "response": [note, _raise_refusal],
    }
    return httpx.Client(timeout=TIMEOUT, event_hooks=hooks)


def _raise_refusal(response: httpx.Response) -> None:
    if response.is_success:
        return
    response.read()
    try:
        body = response.json()
    except ValueError:
        body = None
    refusal = SupabaseRefused(
        response.status_code,
        body if isinstance(body, dict) else {},
        response.headers.get("Retry-After"),
    )
    ours = (refusal.code or "").startswith("PT")
    if response.status_code in (429, 502, 503, 504) and not ours:
        raise SupabaseUnreachable(f"answers {response.status_code}")
    raise refusal
