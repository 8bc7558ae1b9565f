"""What a source of adapter ``rest`` may configure: any JSON API, described by what is asked and how it pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from adapters.http_config import HttpConfig
from adapters.json_mapping import Expression, JsonReading
from adapters.mapping import Name, Seconds
from metrics.indicators import Strict


def _path(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme or parts.netloc:
        raise ValueError(f"“{text}”应为 url 之后的路径，如 tickets，不写服务器的地址")
    if parts.query or parts.fragment:
        raise ValueError(f"“{text}”只写路径，“?”之后的参数请写入 params")
    return text


def _moment_format(text: str) -> str:
    if text not in ("iso", "epoch", "epoch_ms") and "%" not in text:
        raise ValueError(f"不认识“{text}”，应为 iso、epoch、epoch_ms 之一，或如 %Y-%m-%d %H:%M:%S 的写法")
    try:
        datetime(2023, 3, 5, 14, 5).strftime(text)
    except ValueError:
        raise ValueError(f"“{text}”不是时间的写法，应为如 %Y-%m-%d %H:%M:%S") from None
    return text


class Request(Strict):
    """What is asked."""

    path: Annotated[Name, AfterValidator(_path)] = Field(description="url 之后的路径，如 tickets")
    method: Literal["GET", "POST"] = Field("GET", description="GET：参数写在地址里；POST：参数写成 JSON 正文")
    params: dict[Name, str | int | bool] = Field(
        {}, description="固定的参数；默认只列未关闭工单的系统，要在这里要求全部状态"
    )
    success: Expression | None = Field(
        None, description="回答成功的条件（JMESPath），如 code == `0`；用于失败时也回答 200 的系统"
    )
    message: Expression | None = Field(None, description="失败时的说明在哪里（JMESPath），如 msg")


class Paging(Strict):
    """How one goes from page to page."""

    by: Literal["page", "offset", "cursor", "link"] = Field(
        description="page 页码、offset 跳过的条数、cursor 对方给的记号、link 对方给的下一页地址"
    )
    param: Name | None = Field(None, description="页码、条数或记号的参数名，如 page、offset、cursor；link 不用写")
    first: int = Field(1, ge=0, description="第一页的页码（by: page）")
    size: int | None = Field(None, ge=1, le=100_000, description="每页条数")
    size_param: Name | None = Field(None, description="每页条数的参数名，如 per_page")
    next: Expression | None = Field(
        None, description="下一页的记号或地址在哪里（JMESPath），如 meta.next；by: link 不写则取 Link 回答头"
    )
    total: Expression | None = Field(None, description="总条数在哪里（JMESPath），如 total；不写则读到空页为止")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.by == "link" and self.param is not None:
            raise ValueError("by: link 用对方给的地址，不写 param")
        if self.by != "link" and self.param is None:
            raise ValueError(f"by: {self.by} 要写 param（参数名）")
        if self.by == "cursor" and self.next is None:
            raise ValueError("by: cursor 要写 next（下一页的记号在回答的哪里）")
        if self.by in ("page", "offset") and self.next is not None:
            raise ValueError(f"by: {self.by} 不用 next；按对方给的记号翻页请写 by: cursor，按地址请写 by: link")
        if (self.size is None) != (self.size_param is None):
            raise ValueError("size 与 size_param 要一起写")
        return self


class Incremental(Strict):
    """Asking only for what changed since the last load."""

    param: Name = Field(description="“更新时间不早于”的参数名，如 updated_since")
    format: Annotated[Name, AfterValidator(_moment_format)] = Field(
        "iso", description="时间的写法：iso、epoch（秒）、epoch_ms（毫秒），或如 %Y-%m-%d %H:%M:%S（按来源的时区）"
    )
    template: str = Field("{}", description="参数的值，{} 处填入时间，如 >={}")
    overlap: Seconds = Field(600, description="每次多取上次结束之前多久的，以防漏掉正在写入的，如 10分钟")
    start: date | None = Field(None, description="第一次从哪一天取起；不写则不带这个参数，取全部")

    @model_validator(mode="after")
    def _filled(self) -> Self:
        if self.template.count("{}") != 1:
            raise ValueError(f"template“{self.template}”中应有一处 {{}}，填入时间")
        return self


class RestConfig(HttpConfig, JsonReading):
    """Any API that answers with JSON."""

    request: Request = Field(description="请求")
    paging: Paging | None = Field(None, description="翻页的方式；不写为只有一页")
    incremental: Incremental | None = Field(None, description="只取更新过的；不写为每次取全部")

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a reply is read."""
        return super().connection | {"request", "paging", "incremental"}

    @property
    def counted(self) -> str:
        """Where the objects lie by whose number pages are told to be full or empty."""
        return self.tables[0].records

    @model_validator(mode="after")
    def _no_name_twice(self) -> Self:
        names: list[Any] = [*self.request.params]
        if self.paging is not None:
            names += [name for name in (self.paging.param, self.paging.size_param) if name]
        if self.incremental is not None:
            names.append(self.incremental.param)
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"参数“{name}”写了两次，request.params、paging、incremental 中只能写一处")
        return self
