"""The sandbox of a project: its stacks, what runs on them, and where all that is kept.

Everything lies in one folder, ``.sandbox`` beside ``Pulumi.yaml`` unless another is named: the cloud
(``cloud.sqlite``), the states of the stacks (see ``engine.backend.store``) and, if the user writes one,
``fixtures.yaml`` with answers that the sandbox cannot know. Several projects that refer to each other's stacks share a
folder. The fixtures file answers look-ups (see ``cloud.fixture``), and two questions of this module::

    pulumi:pulumi:StackReference:     # a stack that is not on this sandbox
      - args: {name: acme/network/prod}
        returns: {vpcId: vpc-0abc}
    pulumi:config:                    # secrets of a stack that cannot be opened here
      - args: {stack: prod}
        returns: {platform:token: a-stand-in}
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from platform_lib.core.errors import EngineError, near
from platform_lib.core.values import Properties
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter, find_passphrase
from platform_lib.sandbox.engine.backend.files import write_atomic
from platform_lib.sandbox.engine.backend.store import StackStore, outputs_of
from platform_lib.sandbox.engine.target import ConfigValue
from platform_lib.sandbox.handle import StackHandle
from platform_lib.sandbox.project import Project, check_stack_name, read_project
from platform_lib.sandbox.protocol import Providers
from platform_lib.sandbox.stack_config import StackFile, stack_config

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud import Cloud
    from platform_lib.sandbox.cloud.fixture import Fixtures

FOLDER: Final = ".sandbox"
_STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"
_CONFIG: Final = "pulumi:config"
_IGNORE: Final = b"# Made by the sandbox, but for fixtures.yaml.\n*\n!fixtures.yaml\n"

OpenProviders = Callable[[], contextlib.AbstractContextManager[Providers]]


class Workspace:
    """The sandbox of one project.

    Attributes:
        project: ``Pulumi.yaml``.
        directory: the sandbox folder; need not exist yet.
        env: the environment that passphrases are taken from.

    Args:
        project_dir: a folder of the project, or one below it.
        sandbox_dir: the sandbox folder; None for ``.sandbox`` beside ``Pulumi.yaml``.
        env: None for the environment of the process.
        providers: hands out the providers of a run instead of the sandbox cloud; for tests.

    Raises:
        SettingsError: there is no project, or its file is wrong.
    """

    def __init__(
        self,
        project_dir: Path,
        *,
        sandbox_dir: Path | None = None,
        env: Mapping[str, str] | None = None,
        providers: OpenProviders | None = None,
    ) -> None:
        self.project: Project = read_project(project_dir)
        self.directory = (sandbox_dir or self.project.root / FOLDER).absolute()
        self.env = os.environ if env is None else env
        self._providers = providers

    @property
    def cloud_path(self) -> Path:
        """The file of the sandbox cloud."""
        return self.directory / "cloud.sqlite"

    @property
    def fixtures_path(self) -> Path:
        """The file with the user's answers."""
        return self.directory / "fixtures.yaml"

    def stacks(self) -> list[str]:
        """The stacks that have a file or a state, sorted."""
        states = (self.directory / "stacks" / self.project.name).glob("*.json")
        begun = (self.directory / "journals" / self.project.name).glob("*.jsonl")
        return sorted({*self.project.stacks(), *(path.stem for path in states), *(path.stem for path in begun)})

    def up(self) -> list[str]:
        """The stacks that hold resources on the sandbox, sorted."""
        return [name for name in self.stacks() if self.store(name).holds_resources()]

    def stack(self, name: str, *, create: bool = False) -> StackHandle:
        """One stack.

        Args:
            name: of the stack.
            create: it may be new, with neither a file nor a state.

        Raises:
            SettingsError: not a stack's name.
            EngineError: there is no such stack; the text lists those that there are.
        """
        check_stack_name(name)
        known = self.stacks()
        if name not in known and not create:
            there = f"there are {', '.join(known)}" if known else "the project has none yet"
            raise EngineError(
                f"stack '{name}': no Pulumi.{name}.yaml in {self.project.stack_folder} and no state on the sandbox; "
                f"{near(name, known) or there}{' ' + there if near(name, known) else ''}, or write that file"
            )
        return StackHandle(self, name)

    @contextmanager
    def cloud(self) -> "Iterator[Cloud]":
        """The sandbox cloud, open for the block.

        Raises:
            CloudError: its file is damaged or not writable.
        """
        from platform_lib.sandbox.cloud import open_cloud

        self.prepare()
        with open_cloud(self.cloud_path, self._fixtures_given()) as cloud:
            yield cloud

    @contextmanager
    def providers(self) -> Iterator[Providers]:
        """What a run takes its providers from, open for the block."""
        with self.cloud() if self._providers is None else self._providers() as providers:
            yield providers

    def prepare(self) -> None:
        """Makes the sandbox folder, kept out of version control by a file of its own."""
        ignore = self.directory / ".gitignore"
        if not ignore.exists():
            write_atomic(ignore, _IGNORE, subject="sandbox", sync=False)

    def reset(self, *, states: bool = True) -> None:
        """Empties the sandbox.

        Args:
            states: the states of all stacks go too, of all projects that share the folder; not only the cloud.

        Raises:
            EngineError: an operation is under way on a stack of this project.
        """
        from platform_lib.sandbox.cloud import erase_cloud

        with contextlib.ExitStack() as locks:
            for name in self.stacks():
                locks.enter_context(self.store(name).lock("reset"))
            erase_cloud(self.cloud_path)
            if states:
                for name in ("stacks", "journals", "backups", "history"):
                    shutil.rmtree(self.directory / name, ignore_errors=True)

    def passphrase(self) -> Passphrase:
        """The passphrase of the environment.

        Raises:
            EngineError: its file cannot be read.
        """
        return find_passphrase(self.env)

    def store(self, stack: str, *, project: str = "", salt: str = "") -> StackStore:
        """Where the state of a stack is kept.

        Args:
            stack: its name.
            project: its project; empty for this one.
            salt: of its stack file.
        """
        return StackStore(self.directory, project or self.project.name, stack, self.passphrase(), salt=salt)

    def stack_outputs(self, reference: str) -> Properties | None:
        """The outputs of a stack that a program refers to: of this sandbox, else of the fixtures file.

        Args:
            reference: ``stack``, ``organization/stack`` or ``organization/project/stack``; the organization is not
                looked at, as the sandbox has none.

        Returns:
            The outputs, secrets marked; None if there is no such stack.

        Raises:
            EngineError: its state cannot be read.
        """
        parts = reference.split("/")
        if len(parts) <= 3 and all(parts):
            project = parts[1] if len(parts) == 3 else self.project.name
            store = self.store(check_stack_name(parts[-1]), project=check_stack_name(project))
            if store.exists:
                return outputs_of(store.read().deployment.snapshot.resources)
        return self._fixtures().answer(_STACK_REFERENCE, {"name": reference})

    def config(
        self, file: StackFile, salt: str, *, validate: bool, stand_ins: Mapping[str, Any] | None = None
    ) -> dict[str, ConfigValue]:
        """The configuration of a stack as programs see it.

        Args:
            file: of the stack.
            salt: that its secrets were sealed with.
            validate: check required keys and types.
            stand_ins: values instead of secrets, by key, beside those of the fixtures file.

        Raises:
            SettingsError: every finding with file, line and key.
        """
        crypter = PassphraseCrypter(self.passphrase(), salt, subject=file.subject)
        given = {**(self._fixtures().answer(_CONFIG, {"stack": file.stack}) or {}), **(stand_ins or {})}
        return stack_config(self.project, file, crypter, stand_ins=given, validate=validate)

    def _fixtures(self) -> "Fixtures":
        from platform_lib.sandbox.cloud.fixture import Fixtures

        return Fixtures(self._fixtures_given())

    def _fixtures_given(self) -> Path | None:
        return self.fixtures_path if self.fixtures_path.is_file() else None
