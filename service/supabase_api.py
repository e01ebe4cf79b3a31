"""Calls to Supabase's Data API (PostgREST) and Storage, as the service role or as a user."""

import hashlib
from collections.abc import Callable
from time import monotonic
from typing import IO, Any, TypeAlias, TypeVar
from urllib.parse import quote

import httpx
from postgrest import SyncPostgrestClient, SyncSelectRequestBuilder
from storage3 import SyncStorageClient

# Hosted projects end a statement after 8 s; what takes longer than this gets no answer.
TIMEOUT = httpx.Timeout(15, connect=3)

Select: TypeAlias = SyncSelectRequestBuilder

T = TypeVar("T")


class SupabaseUnreachable(Exception):
    """No answer came, or one that is no fault of our caller's; its text says which.

    Whether the call was run is unknown.
    """


class SupabaseRefused(Exception):
    """Supabase answered with an error.

    `code` is the SQLSTATE or PostgREST's own code. Errors that our SQL raises have the code
    PTxyz, where xyz is the HTTP status, and a stable slug as `details`. Storage has neither.
    """

    def __init__(self, status: int, body: dict[str, Any], retry_after: str | None) -> None:
        self.status = status
        self.code, self.message, self.details, self.hint = (
            str(body[key]) if body.get(key) else None
            for key in ("code", "message", "details", "hint")
        )
        self.retry_after = retry_after
        super().__init__(f"status {status}, code {self.code}")


class FileTooLarge(Exception):
    """A file has more bytes than it may."""


class Supabase:
    """The functions, tables and files that one caller may use; safe to share between threads.

    Calls are made as the user of `token` or, without one, as the role of `key`.
    """

    def __init__(self, http: httpx.Client, url: str, key: str, token: str | None = None) -> None:
        headers = {"apikey": key}
        # Keys of the newer kind (sb_secret_…, sb_publishable_…) go by the apikey header alone:
        # they are no JWT, which is what PostgREST expects of a bearer.
        if token or key.count(".") == 2:
            headers["Authorization"] = f"Bearer {token or key}"
        self._with_our_key = token is None
        self._http, self._auth = http, f"{url}/auth/v1"
        self._headers = headers
        self._client = SyncPostgrestClient(
            f"{url}/rest/v1",
            headers=headers,
            http_client=http,
            # Its retries sleep longer than our callers are willing to wait.
            retry_enabled=False,
        )
        self._files = f"{url}/storage/v1/object"
        self._storage = SyncStorageClient(f"{url}/storage/v1/", headers, http_client=http)

    def rpc(self, function: str, arguments: dict[str, Any] | None = None) -> Any:
        """Call a SQL function and return its value; raises SupabaseRefused, -Unreachable."""
        return self._answer(lambda: self._client.rpc(function, arguments or {}).execute().data)

    def auth_settings(self) -> dict[str, Any]:
        """What Auth tells everybody of its settings; raises SupabaseRefused, -Unreachable."""
        answer = self._answer(
            lambda: self._http.get(f"{self._auth}/settings", headers=self._headers)
        )
        try:
            found = answer.json()
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise SupabaseUnreachable("answers something else for Auth")
        return found

    def select(self, table: str, columns: str) -> Select:
        """A query for rows(), to be narrowed first."""
        return self._client.from_(table).select(columns)

    def rows(self, query: Select) -> list[dict[str, Any]]:
        """The rows that the caller can read; raises SupabaseRefused, -Unreachable."""
        found: Any = self._answer(lambda: query.execute().data)
        return list(found)

    def remove_files(self, bucket: str, paths: list[str]) -> None:
        """Remove files, at most 500; those that are gone already count as removed.

        Raises SupabaseRefused, -Unreachable.
        """
        self._stored(lambda: self._storage.from_(bucket).remove(paths))

    def sign_files(self, bucket: str, paths: list[str], seconds: int) -> dict[str, str]:
        """Links to files that work without credentials for so long, by path.

        Files that do not exist or that the caller may not read have none. Raises SupabaseRefused,
        -Unreachable.
        """
        signed = self._stored(
            lambda: self._storage.from_(bucket).create_signed_urls(paths, seconds)
        )
        return {each["path"]: url for each in signed if (url := each["signedUrl"])}

    def download_file(self, bucket: str, path: str, into: IO[bytes], most: int) -> str:
        """Write a file into another one; its sha256 in hex.

        Raises FileTooLarge once it has more than `most` bytes, SupabaseRefused, -Unreachable.
        """
        digest, size = hashlib.sha256(), 0
        url = f"{self._files}/{quote(bucket)}/{quote(path)}"
        try:
            with self._http.stream("GET", url, headers=self._headers) as response:
                for part in response.iter_bytes():
                    size += len(part)
                    if size > most:
                        raise FileTooLarge
                    digest.update(part)
                    into.write(part)
        except httpx.HTTPError as error:
            raise SupabaseUnreachable("Storage cannot be reached") from error
        except SupabaseUnreachable as error:
            raise SupabaseUnreachable(f"Storage {error}") from error
        return digest.hexdigest()

    def _stored(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except (httpx.HTTPError, ValueError) as error:
            # Or the answer is not Storage's.
            raise SupabaseUnreachable("Storage cannot be reached") from error
        except SupabaseUnreachable as error:
            raise SupabaseUnreachable(f"Storage {error}") from error

    def _answer(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except httpx.HTTPError as error:
            raise SupabaseUnreachable("cannot be reached") from error
        except SupabaseRefused as error:
            if self._with_our_key and error.status == 401:
                raise SupabaseUnreachable("refuses the service-role key") from error
            raise


def http_client(observe: Callable[[str, int, float], None]) -> httpx.Client:
    """The connections that all callers share; opened at their first use, hence after a fork.

    `observe` is told of every answer: the function or table (storage_ and the method for files),
    the status, the seconds it took.
    """

    def begin(request: httpx.Request) -> None:
        request.extensions["hirevision_started"] = monotonic()

    def note(response: httpx.Response) -> None:
        request = response.request
        parent, _, name = request.url.path.rpartition("/")
        if "/storage/v1/" in parent:
            name = f"storage_{request.method.lower()}"
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
    if not isinstance(body, dict):
        body = {}
    status = response.status_code
    # Storage answers most refusals with 400, and says here which it is.
    if (said := str(body.get("statusCode", ""))).isdecimal():
        status = int(said)
    refusal = SupabaseRefused(status, body, response.headers.get("Retry-After"))
    ours = (refusal.code or "").startswith("PT")
    # 544: Storage has no answer from its database.
    if status in (429, 502, 503, 504, 544) and not ours:
        raise SupabaseUnreachable(f"answers {status}")
    raise refusal
