"""What a source of adapter ``sql`` may configure: a table or a query of a vendor's database."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, model_validator

from adapters.mapping import FieldMapping, Name, Reading, Seconds, not_empty
from adapters.secrets import Secret
from metrics.indicators import Strict

#: Scheme as people write it → SQLAlchemy's driver.
DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "sqlite": "sqlite",
}


def _without_password(url: str | Secret) -> str | Secret:
    if isinstance(url, Secret):
        return url
    try:
        parts = urlsplit(url)
        secret = parts.password or any(key.lower() in ("password", "passwd") for key, _ in parse_qsl(parts.query))
    except ValueError:
        secret = "@" in url
    if secret:
        raise ValueError(
            "口令不得写在配置里，请把完整的数据库地址放进环境变量或文件，此处写 {env: 变量名} 或 {file: 路径}"
        )
    if urlsplit(url).scheme not in DRIVERS:
        raise ValueError(f"“{url}”不是数据库地址，应写作 postgresql://、mariadb:// 或 sqlite:///文件")
    return url


def _one_select(text: str) -> str:
    plain = text.strip().rstrip(";").strip()
    if not plain.lower().startswith(("select", "with")) or ";" in plain:
        raise ValueError("query 应为一条 SELECT（或 WITH … SELECT），不含分号")
    return plain


class SqlMapping(FieldMapping):
    """How rows become records of one type; ``columns`` are the names of columns, as the database writes them."""


class Changes(Strict):
    """Reading only what changed since the last load."""

    column: Name = Field(description="更新时间（或只增不减的版本号）所在的列")
    overlap: Seconds = Field(600, description="每次多取上次最后一行之前多久的，以防漏掉晚提交的，如 10分钟")
    overlap_number: int = Field(0, ge=0, description="列是版本号时，每次多取之前多少号")
    start: date | None = Field(None, description="第一次从哪一天取起；不写为全部")


class SqlConfig(Reading):
    """A table or a query of a database; it is only read."""

    url: Annotated[str | Secret, AfterValidator(_without_password)] = Field(
        description="数据库地址，如 postgresql://账号@主机/库名、mariadb://…、sqlite:///文件；带口令的用 {env: …}"
    )
    table: Name | None = Field(None, description="表或视图的名称，可带模式名，如 ops.tickets")
    query: Annotated[str, AfterValidator(_one_select)] | None = Field(None, description="一条 SELECT；与 table 二选一")
    key: Name = Field(description="唯一的列，按它排序翻页，如 id")
    changes: Changes | None = Field(None, description="只取更新过的；不写为每次取全部")
    page_size: int = Field(5_000, ge=1, le=100_000, description="一次取多少行")
    connect_timeout: Seconds = Field(10, gt=0, description="建立连接的时限，如 10秒")
    timeout: Seconds = Field(300, gt=0, description="一次查询最长多久，如 5分钟")
    keep_replies: bool = Field(True, description="true：取到的行压缩存档，作为佐证，读取规则更正后可重读")
    tables: Annotated[tuple[SqlMapping, ...], AfterValidator(not_empty)] = Field(
        description="这些行成为哪些记录；columns 写列名"
    )

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a page is read."""
        named = ("url", "table", "query", "key", "changes", "page_size", "connect_timeout", "timeout", "keep_replies")
        return frozenset(named)

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        return {table.record for table in self.tables}

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("应写 table 或 query 其中之一")
        return self
