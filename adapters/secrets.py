"""Values that must not stand in the configuration: passwords, tokens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from metrics.errors import ConfigError
from metrics.indicators import Strict


class Secret(Strict):
    """A value kept outside the configuration: in an environment variable or in a file."""

    env: str | None = Field(None, min_length=1, description="环境变量的名称，值从中读取")
    file: str | None = Field(None, min_length=1, description="文件的路径（相对于工作区），取其第一行")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("应写 env（环境变量名）或 file（文件路径）其中之一")
        return self

    def read(self, workspace: Path) -> str:
        """The value itself; ConfigError if it is not there. The caller must not print it."""
        if self.env is not None:
            value = os.environ.get(self.env, "")
            if not value:
                raise ConfigError(f"环境变量 {self.env} 没有设置，配置中有一项的值须从中读取")
            return value
        path = workspace / str(self.file)
        try:
            value = path.read_text(encoding="utf-8-sig").partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError):
            raise ConfigError(f"文件 {self.file} 无法读取，配置中有一项的值须从中读取") from None
        if not value:
            raise ConfigError(f"文件 {self.file} 的第一行是空的，配置中有一项的值须从中读取")
        return value
