"""The rows of a request to rollouts, or to one line for each that is none."""

import io
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from rewardkit.decoding import Violation, decode_lone_surrogates, decode_rollout, shorten
from rewardkit.formats import Places
from rewardkit.server.image_root import ImageRoot
from rewardkit.server.limits import Limits
from rewardkit.server.nesting import EXPECTED, too_deep
from rewardkit.server.refusals import MAX_ROWS, RefusedError
from rewardkit.types import Rollout


class ScoreBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `/score` is sent as JSON; a field more is refused, for nothing else is looked at."""

    rollouts: list[msgspec.Raw]


class Rows:
    """Reads the rows of requests."""

    def __init__(self, places: Places, images: ImageRoot, limits: Limits) -> None:
        """Describe what is read.

        Args:
            places: Renamings of fields.
            images: Which images may be named.
            limits: How many rows a request may have.
        """
        self._places, self._images, self._limit = places, images, limits.rollouts

    def read_json(self, body: bytes) -> list[Rollout]:
        """The rollouts of `{"rollouts": [...]}`.

        Raises:
            RefusedError: 400 for what is no JSON, 422 for what is no list of rollouts, 413 for too
                many.
        """
        rows = decode_body(body, ScoreBody).rollouts
        return self._read(((f"rollouts[{i}]", bytes(row)) for i, row in enumerate(rows)), len(rows))

    def read_lines(self, body: bytes) -> list[Rollout]:
        """The rollouts of NDJSON, one a line; blank lines are passed over. Raises as above."""
        body = body.removeprefix(b"\xef\xbb\xbf")
        count = sum(1 for _ in filled_lines(body))  # the lines of all at once may not fit
        return self._read(((f"line {number}", line) for number, line in filled_lines(body)), count)

    def admit(self, fields: bytes, where: str, row_id: str, places: Places) -> Rollout | str:
        """One row, given as a JSON object; or what is wrong with it, in one line."""
        rollout = decode_rollout(fields, places, row_id)
        if not isinstance(rollout, Violation):
            rollout = self._images.admit(rollout)
        if not isinstance(rollout, Violation) and too_deep(fields, rollout):
            rollout = Violation("", EXPECTED, shorten(fields))
        return f"{where}: {rollout}" if isinstance(rollout, Violation) else rollout

    def _read(self, rows: Iterable[tuple[str, bytes]], count: int) -> list[Rollout]:
        check_count(count, self._limit)
        found: list[Rollout] = []
        wrong: list[str] = []
        for number, (where, row) in enumerate(rows, start=1):
            rollout = self.admit(row, where, str(number), self._places)
            if isinstance(rollout, Rollout):
                found.append(rollout)
            else:
                wrong.append(rollout)
                if len(wrong) > MAX_ROWS:
                    break
        refuse_wrong(wrong, count)
        return found


def filled_lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    r"""The lines that aren't blank and their numbers, from 1.

    >>> list(filled_lines(b"a\n \r\nb"))
    [(1, b'a'), (3, b'b')]
    """
    for number, line in enumerate(io.BytesIO(body), start=1):
        if line.strip():
            yield number, line.removesuffix(b"\n")


def check_count(count: int, limit: int) -> None:
    """Refuse a request with too many rollouts."""
    if count > limit:
        raise RefusedError(
            413, f"rollouts: expected at most {limit} a request (--max-rollouts), got {count}"
        )


def refuse_wrong(wrong: list[str], count: int) -> None:
    """Refuse a request of which a row is no rollout; nothing of it is scored."""
    if wrong:
        some = f"more than {MAX_ROWS}" if len(wrong) > MAX_ROWS else f"{len(wrong)}"
        raise RefusedError(422, f"{some} of {count} rows refused, first: {wrong[0]}", wrong)


T = TypeVar("T")


def decode_body(body: bytes, kind: type[T]) -> T:
    """Decode a JSON body.

    Raises:
        RefusedError: 400 for what is no JSON, 422 for JSON of another form.
    """
    try:
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError):
            if b"\\ud" not in body.lower() or (value := decode_lone_surrogates(body)) is None:
                raise
            return msgspec.json.decode(msgspec.json.encode(value), type=kind)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$")
        where = path.rstrip("`").removeprefix(".") or "body"
        raise RefusedError(422, f"{where}: {detail[:1].lower()}{detail[1:]}") from None
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise RefusedError(400, f"body: expected UTF-8, got byte 0x{byte:02x}") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise RefusedError(400, f"body: expected JSON, got: {error}") from None
