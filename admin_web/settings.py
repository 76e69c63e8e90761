"""central.toml: what `phonekeep-admin init` wrote down for ingest, web and the commands to read; nothing secret."""

import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from admin_web.errors import SettingsInvalid
from policy.ids import SiteId

FILE_NAME = "central.toml"

Port = Annotated[int, Field(ge=1, le=65535)]


class _Table(BaseModel):
    """Unknown keys are errors: a misspelt setting must not be a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BrokerSettings(_Table):
    """Where mosquitto listens."""

    host: str = "127.0.0.1"
    """Where ingest reaches it."""
    port: Port = 8883
    bind: str | None = None
    """The address it listens on; every one where this is left out."""
    names: tuple[str, ...] = ()
    """Further names or addresses that cabinets reach it by; they stand in its certificate."""


class WebSettings(_Table):
    """Where phonekeep-web listens, and with which certificate it ends TLS."""

    bind: str = "0.0.0.0"
    port: Port = 443
    names: tuple[str, ...] = ()
    """Host names the certificate is for; printed in front of the owner link."""
    certificate: str | None = None
    key: str | None = None
    http_on_loopback: bool = False
    """Plain http, on loopback only: for the demo and nothing else."""

    @model_validator(mode="after")
    def _must_fit_together(self) -> "WebSettings":
        if self.http_on_loopback and self.bind not in {"127.0.0.1", "::1", "localhost"}:
            raise ValueError("http_on_loopback needs bind 127.0.0.1; use a certificate for any other address")
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key belong together; give both or neither")
        return self


class DatabaseSettings(_Table):
    """Where everything is kept: SQLite beside this file, or PostgreSQL by one URL."""

    url: str = "sqlite:///central.db"


class _File(_Table):
    site: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    database: DatabaseSettings = DatabaseSettings()
    broker: BrokerSettings = BrokerSettings()
    web: WebSettings = WebSettings()


@dataclass(frozen=True, slots=True)
class Settings:
    """What central.toml says, and the places under the data directory that follow from it."""

    data: Path
    site: SiteId
    database: DatabaseSettings
    broker: BrokerSettings
    web: WebSettings

    @property
    def database_url(self) -> str:
        """The database's URL, with a relative SQLite path meant from the data directory."""
        prefix = "sqlite:///"
        if not self.database.url.startswith(prefix):
            return self.database.url
        return f"{prefix}{self.data / self.database.url.removeprefix(prefix)}"

    @property
    def ca_directory(self) -> Path:
        """The school's own certificate authority (0700): read by the commands and by ingest's user only."""
        return self.data / "ca"

    @property
    def keys_directory(self) -> Path:
        """Central's private keys (0700): read by ingest's user only, never by web."""
        return self.data / "keys"

    @property
    def signing_key(self) -> Path:
        """Ed25519 key that signs acknowledgements, needs, rules and commands."""
        return self.keys_directory / "central.key"

    @property
    def event_key(self) -> Path:
        """Ed25519 key that signs the heads of central's own events."""
        return self.keys_directory / "event.key"

    @property
    def site_key(self) -> Path:
        """The secret that badge references are made with."""
        return self.keys_directory / "site.key"

    @property
    def public_keys(self) -> Path:
        """JSON {key_epoch, central_public, recovery_public}: the public halves, which every device is given."""
        return self.keys_directory / "public.json"

    @property
    def ingest_certificate(self) -> Path:
        """The certificate ingest shows to mosquitto, with `ingest_certificate_key`."""
        return self.keys_directory / "ingest.pem"

    @property
    def ingest_certificate_key(self) -> Path:
        """The private key of ingest's certificate."""
        return self.keys_directory / "ingest.key"

    @property
    def broker_directory(self) -> Path:
        """The generated configuration of mosquitto, with its certificate and `ca.pem`."""
        return self.data / "broker"

    @property
    def web_directory(self) -> Path:
        """The certificate that phonekeep-web shows when the school has not given one of its own."""
        return self.data / "web"

    @property
    def web_certificate(self) -> tuple[Path, Path] | None:
        """Certificate and key that web ends TLS with, relative paths meant from the data directory; None for http."""
        if self.web.http_on_loopback:
            return None
        if self.web.certificate is not None and self.web.key is not None:
            return self.data / self.web.certificate, self.data / self.web.key
        return self.web_directory / "web.pem", self.web_directory / "web.key"

    @property
    def web_address(self) -> str:
        """The address people type, without a slash at its end."""
        if self.web.http_on_loopback:
            return f"http://127.0.0.1:{self.web.port}"
        host = self.web.names[0] if self.web.names else socket.gethostname()
        return f"https://{host}" + ("" if self.web.port == 443 else f":{self.web.port}")

    @property
    def owner_link(self) -> Path:
        """Where the secret of the unused owner link lies (0600) so that it can be printed again."""
        return self.data / "owner-link"

    @property
    def recovery_key(self) -> Path:
        """Where `init` leaves the recovery key (0600) until somebody moves it to the safe."""
        return self.data / "recovery.key"


def load_settings(data: Path) -> Settings:
    """Read DIR/central.toml; raises SettingsInvalid that says which line is wrong and what to do."""
    path = data / FILE_NAME
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsInvalid(
            f"There is no {path}. Run `phonekeep-admin --data {data} init --site ID --name NAME` first, "
            "or give the right directory with --data."
        ) from None
    except PermissionError:
        raise SettingsInvalid(
            f"{path} may not be read by this user. Run the command as the user who owns {data}."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SettingsInvalid(f"{path} cannot be read: {problem}. Correct the file by docs/central.md.") from problem
    return _checked(data, content, str(path))


def check_settings(settings: Settings) -> Settings:
    """Check settings that were put together elsewhere as if they stood in the file. Raises SettingsInvalid."""
    content = {
        "site": settings.site,
        "database": settings.database.model_dump(),
        "broker": settings.broker.model_dump(),
        "web": settings.web.model_dump(),
    }
    return _checked(settings.data, content, "These settings")


def _checked(data: Path, content: Mapping[str, object], source: str) -> Settings:
    try:
        file = _File.model_validate(content)
    except ValidationError as problem:
        found = problem.errors()[0]
        where = ".".join(str(part) for part in found["loc"]) or "the file"
        raise SettingsInvalid(f"{source}: {where}: {found['msg']}. docs/central.md lists every setting.") from None
    return Settings(data=data, site=SiteId(file.site), database=file.database, broker=file.broker, web=file.web)


def write_settings(settings: Settings) -> None:
    """Write DIR/central.toml whole or not at all, readable by the group; the file is ours, so comments are too."""
    path = settings.data / FILE_NAME
    new = path.with_name(FILE_NAME + ".new")
    new.write_text(_as_toml(settings), encoding="utf-8")
    new.chmod(0o640)
    new.replace(path)


def _as_toml(settings: Settings) -> str:
    web = settings.web
    lines = [
        "# Written by `phonekeep-admin init`. docs/central.md says what each setting means; nothing here is secret.",
        f"site = {_text(settings.site)}",
        "",
        "[database]",
        f"url = {_text(settings.database.url)}",
        "",
        "[broker]",
        f"host = {_text(settings.broker.host)}",
        f"port = {settings.broker.port}",
        *([] if settings.broker.bind is None else [f"bind = {_text(settings.broker.bind)}"]),
        f"names = {_list(settings.broker.names)}",
        "",
        "[web]",
        f"bind = {_text(web.bind)}",
        f"port = {web.port}",
        f"names = {_list(web.names)}",
        f"http_on_loopback = {str(web.http_on_loopback).lower()}",
    ]
    if web.certificate is not None and web.key is not None:
        lines += [f"certificate = {_text(web.certificate)}", f"key = {_text(web.key)}"]
    return "\n".join(lines) + "\n"


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(_text(value) for value in values)}]"


def _text(value: str) -> str:
    """Write a TOML basic string (TOML 1.0, "String")."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
