"""`python -m local.typescript` writes the frontend's TypeScript types of the database."""

import subprocess
import tempfile
from pathlib import Path

from local import node
from local.frontend import FOLDER
from local.postgres import FAST, Cluster
from local.processes import LocalError
from local.supabase_cli import supabase_cli

TYPES = FOLDER / "lib" / "database.types.ts"
HEADER = (
    "// GENERATED from database_schema.sql by the Supabase CLI: do not edit, run `make types`.\n\n"
)


def generate(cluster: Cluster, database: str) -> str:
    """The types of a database's schema `public`, in Biome's format."""
    with tempfile.TemporaryDirectory() as home:
        url = cluster.url(database, user="postgres")
        made = supabase_cli("gen", "types", url=url, home=Path(home))
    if made.returncode or "export type Database" not in made.stdout:
        said = f"{made.stdout}\n{made.stderr}".replace(cluster.password, "***")
        raise LocalError(f"supabase gen types ended with status {made.returncode}\n{said}")
    biome = FOLDER / "node_modules" / "@biomejs" / "biome" / "bin" / "biome"
    return subprocess.run(
        [node.program(), biome, "format", "--stdin-file-path=types.ts"],
        cwd=FOLDER,
        input=HEADER + made.stdout,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def main() -> None:
    """Write the file, from a database of its own with database_schema.sql."""
    with tempfile.TemporaryDirectory(prefix="hirevision-types-") as folder:
        cluster = Cluster(Path(folder) / "postgres", settings=FAST)
        with cluster:
            cluster.create_with_schema("types")
            TYPES.write_text(generate(cluster, "types"))


if __name__ == "__main__":
    main()
